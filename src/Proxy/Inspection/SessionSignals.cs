using System.Text.Json;

namespace Gateway.Proxy.Inspection;

/// <summary>Top-level members from which a conversation is recognised.</summary>
internal enum SessionMember
{
    Metadata,
    PromptCacheKey,
    SessionId,
    ConversationId,
    SafetyIdentifier,
    User,
    System,
    Instructions,
    SystemInstruction,
    SystemInstructionSnake,
    Tools,
    Messages,
    Input,
    Contents,
    CountedRequest,
    CountedRequestSnake,
}

/// <summary>
/// Where the members lie that tell one conversation from another. Only their places are noted while the inspector passes: most requests name their session in a header, and then
/// none of these is ever read. They have no rules, since nothing in them is a reason to refuse a request.
/// </summary>
internal sealed class SessionSignals
{
    private static readonly Dictionary<byte[], SessionMember>.AlternateLookup<ReadOnlySpan<byte>> ByName = new Dictionary<byte[], SessionMember>(Utf8Names.Comparer)
    {
        ["metadata"u8.ToArray()] = SessionMember.Metadata,
        ["prompt_cache_key"u8.ToArray()] = SessionMember.PromptCacheKey,
        ["session_id"u8.ToArray()] = SessionMember.SessionId,
        ["conversation_id"u8.ToArray()] = SessionMember.ConversationId,
        ["safety_identifier"u8.ToArray()] = SessionMember.SafetyIdentifier,
        ["user"u8.ToArray()] = SessionMember.User,
        ["system"u8.ToArray()] = SessionMember.System,
        ["instructions"u8.ToArray()] = SessionMember.Instructions,
        ["systemInstruction"u8.ToArray()] = SessionMember.SystemInstruction,
        ["system_instruction"u8.ToArray()] = SessionMember.SystemInstructionSnake,
        ["tools"u8.ToArray()] = SessionMember.Tools,
        ["messages"u8.ToArray()] = SessionMember.Messages,
        ["input"u8.ToArray()] = SessionMember.Input,
        ["contents"u8.ToArray()] = SessionMember.Contents,
        ["generateContentRequest"u8.ToArray()] = SessionMember.CountedRequest,
        ["generate_content_request"u8.ToArray()] = SessionMember.CountedRequestSnake,
    }.GetAlternateLookup<ReadOnlySpan<byte>>();

    private readonly BodyRange[] _ranges = new BodyRange[(int)SessionMember.CountedRequestSnake + 1];
    private int _start;
    private SessionMember? _open;

    /// <summary>The members of an object inside the body, such as the request that Gemini counts the tokens of.</summary>
    /// <param name="json">The object; nothing if it is something else. The places are those inside it.</param>
    /// <exception cref="JsonException">The text is malformed, which an inspected one is not.</exception>
    public static SessionSignals Of(ReadOnlySpan<byte> json)
    {
        var signals = new SessionSignals();
        var reader = new Utf8JsonReader(json);
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                signals.Member(ref reader);
                reader.Skip();
            }

            signals.End(ref reader);
        }

        return signals;
    }

    /// <summary>Called at every property's name of the outermost object. One that is written with escapes is not recognised: no client does, and it only loses its session.</summary>
    public void Member(ref Utf8JsonReader reader)
    {
        End(ref reader);
        if (ByName.TryGetValue(reader.ValueSpan, out var member))
        {
            // The reader has passed the colon, too.
            (_open, _start) = (member, (int)reader.BytesConsumed);
        }
    }

    /// <summary>Called at the end of the outermost object.</summary>
    public void End(ref Utf8JsonReader reader)
    {
        if (_open is { } member)
        {
            _ranges[(int)member] = new BodyRange(_start, (int)reader.TokenStartIndex - _start);
            _open = null;
        }
    }

    /// <summary>The value's JSON; empty when the member is absent.</summary>
    /// <param name="body">The one that was inspected.</param>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> body, SessionMember member)
    {
        // What lies between a value and the next name is white space and a comma, with which no value begins or ends.
        var range = _ranges[(int)member];
        return body.Slice(range.Start, range.Length).Trim(" \t\r\n,"u8);
    }
}
