using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Gateway.Proxy.Inspection;

namespace Gateway.Proxy.Scheduling.Sessions;

/// <summary>Which conversation a request is part of, so that all of its requests can go to the account whose cache knows it.</summary>
/// <param name="Id">
/// 32 lower-case hexadecimal digits: a hash of the API key, the model's family and the signal. It is no secret, and whoever wants two values with the same hash can make them: compare ids
/// inside one API key's scope only.
/// </param>
/// <param name="Source">The signal it comes from.</param>
/// <remarks>
/// The first signal that is present counts, and those that name a session come before those that name a user. Which of them named it is no part of the id: a session is the same one
/// whether a header or the body says so, and <see cref="Named"/> finds it.
/// </remarks>
internal readonly record struct SessionKey(string Id, SessionSource Source)
{
    // Sessions that are named and those that are guessed have no id in common.
    private const byte NamedKind = 1;
    private const byte GuessedKind = 2;

    /// <param name="model">As the client asks for it.</param>
    /// <param name="formatName">The client's format.</param>
    /// <param name="request">One that has passed inspection.</param>
    /// <param name="body">The inspected bytes.</param>
    /// <returns>Null: there is nothing to recognise a conversation by, and any account is as good.</returns>
    public static SessionKey? Of(long apiKeyId, string model, string formatName, IHeaderDictionary headers, InspectedRequest request, ReadOnlySpan<byte> body)
    {
        if (request.Session is not { } signals)
        {
            return null;
        }

        var userId = SessionNames.UserId(signals.Value(body, SessionMember.Metadata));
        if (Name(headers, signals, body, userId, out var source) is { } name)
        {
            return new SessionKey(Hash(apiKeyId, model, name), source);
        }

        if (request.PreviousResponseId is not null)
        {
            // What the body begins with is not what the conversation began with.
            return null;
        }

        var user = userId
            ?? SessionNames.Text(signals.Value(body, SessionMember.SafetyIdentifier))
            ?? SessionNames.Text(signals.Value(body, SessionMember.User));
        var hash = Begin(GuessedKind, apiKeyId, model);
        Add(hash, formatName);
        Add(hash, user ?? "");
        return SessionContent.TryAdd(hash, signals, body)
            ? new SessionKey(Finish(hash), user is null ? SessionSource.Content : SessionSource.EndUser)
            : null;
    }

    /// <summary>The key of a session by its name, whichever signal carried it. Conversations that are guessed from their content have no name.</summary>
    /// <param name="session">As a client sends it in a header or a member that names sessions; Claude Code's whole <c>metadata.user_id</c> is understood, too.</param>
    public static SessionKey Named(long apiKeyId, string model, string session) => new(Hash(apiKeyId, model, session.Trim()), SessionSource.SessionHeader);

    /// <summary>Whether a text has the form of an <see cref="Id"/>.</summary>
    public static bool IsId(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigitLower);

    /// <remarks>
    /// Codex's thread ids do not count: a thread is a part of its session, and shares the beginning of its prompt with it. Neither does x-client-request-id, which is the thread's id in Codex
    /// and a new one for each request in other clients.
    /// </remarks>
    private static string? Name(IHeaderDictionary headers, SessionSignals signals, ReadOnlySpan<byte> body, string? userId, out SessionSource source)
    {
        source = SessionSource.ClaudeCode;
        if ((SessionNames.Header(headers, "x-claude-code-session-id") ?? (userId is null ? null : SessionNames.OfClaudeCode(userId))) is { } claudeCode)
        {
            return claudeCode;
        }

        source = SessionSource.Codex;
        if ((SessionNames.Header(headers, "session-id") ?? SessionNames.Header(headers, "session_id") ?? SessionNames.Header(headers, "conversation_id")) is { } codex)
        {
            return codex;
        }

        if (SessionNames.Header(headers, "x-codex-turn-metadata") is { } turn && SessionNames.Member(turn, "session_id"u8) is { } ofTurn)
        {
            return ofTurn;
        }

        source = SessionSource.PromptCacheKey;
        if (SessionNames.Text(signals.Value(body, SessionMember.PromptCacheKey)) is { } cacheKey)
        {
            return cacheKey;
        }

        source = SessionSource.SessionHeader;
        if ((SessionNames.Header(headers, "x-session-id") ?? SessionNames.Header(headers, "x-opencode-session")) is { } header)
        {
            return header;
        }

        source = SessionSource.SessionField;
        return SessionNames.Text(signals.Value(body, SessionMember.SessionId)) ?? SessionNames.Text(signals.Value(body, SessionMember.ConversationId));
    }

    private static string Hash(long apiKeyId, string model, string session)
    {
        var hash = Begin(NamedKind, apiKeyId, model);
        Add(hash, SessionNames.OfClaudeCode(session) ?? session);
        return Finish(hash);
    }

    private static XxHash128 Begin(byte kind, long apiKeyId, string model)
    {
        var hash = new XxHash128();
        Span<byte> start = stackalloc byte[9];
        start[0] = kind;
        BinaryPrimitives.WriteInt64LittleEndian(start[1..], apiKeyId);
        hash.Append(start);
        Add(hash, ModelFamilies.Of(model));
        return hash;
    }

    private static void Add(XxHash128 hash, string text)
    {
        // With its length, so that no two lists of texts run together to the same bytes.
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        hash.Append(length);
        hash.Append(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private static string Finish(XxHash128 hash) => hash.GetCurrentHashAsUInt128().ToString("x32", CultureInfo.InvariantCulture);
}
