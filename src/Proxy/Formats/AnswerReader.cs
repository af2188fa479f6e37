using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats;

/// <summary>What to do with an event of a stream.</summary>
internal enum EventVerdict
{
    /// <summary>Send it on; it carries nothing that the client could show.</summary>
    Forward,

    /// <summary>Send it on; from now on the client has something of the answer.</summary>
    ForwardContent,

    /// <summary>The gateway asked for it, the client did not: keep it back.</summary>
    Drop,

    /// <summary>The upstream says that it failed, in words that the client can read.</summary>
    Failed,

    /// <summary>Nothing that anybody could read, or a failure in words that do not end the answer for the client.</summary>
    Unreadable,
}

/// <summary>Reads usage and the end of one answer while its bytes pass unchanged. Not thread-safe; one per attempt.</summary>
internal abstract class AnswerReader
{
    /// <summary>What the upstream reported so far.</summary>
    public TokenUsage Usage;

    /// <summary>Whether the answer reached its proper end.</summary>
    public bool IsComplete { get; protected set; }

    /// <summary>Whether <see cref="Usage"/> is what the whole answer used, as the upstream says: some say it before the proper end.</summary>
    public bool HasFinalUsage { get => field || IsComplete; protected set; }

    /// <summary>What the upstream said when it failed inside a stream.</summary>
    public Failure? Failure { get; protected set; }

    /// <summary>UTF-8 bytes of what the model wrote (text, reasoning, tool arguments), escapes resolved, to estimate output when usage never comes.</summary>
    public long OutputBytes { get; protected set; }

    /// <summary>Ids under which the platform keeps the answer and its parts, as far as they have passed.</summary>
    public virtual IReadOnlyList<string> KeptIds => [];

    /// <summary>Signatures of the reasoning that has passed, by their hashes.</summary>
    public List<UInt128> Signatures { get; } = [];

    /// <summary>What has passed, where the client's format needs it for an error inside a stream.</summary>
    public virtual AnswerSoFar? SoFar => null;

    /// <summary>Looks at one whole event.</summary>
    /// <param name="name">The <c>event:</c> field; empty when there is none.</param>
    /// <param name="data">The <c>data:</c> field; empty for comments.</param>
    public EventVerdict ReadEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            return EventVerdict.Forward;
        }

        try
        {
            return ReadData(name, data);
        }
        catch (Exception exception) when (IsOddJson(exception))
        {
            Failure = new Failure(FailureKind.Server, "The upstream sent an event that could not be read.");
            return EventVerdict.Unreadable;
        }
    }

    /// <summary>Looks at a whole body of a reply that was not streamed.</summary>
    public void ReadBody(ReadOnlySpan<byte> body)
    {
        try
        {
            ReadMessage(body.StartsWith("\ufeff"u8) ? body[3..] : body);
            IsComplete = Failure is null && IsWhole;
        }
        catch (Exception exception) when (IsOddJson(exception))
        {
            Failure = new Failure(FailureKind.Server, "The upstream's answer could not be read.");
        }
    }

    /// <summary>Whether a reader stumbled over the JSON: malformed, a lone surrogate, or another type than the member has.</summary>
    public static bool IsOddJson(Exception exception) => exception is JsonException or InvalidOperationException or FormatException;

    /// <summary>Whether a body that was read without a failure is an answer.</summary>
    protected virtual bool IsWhole => true;

    /// <summary>Reads an event that has data; may throw what <see cref="IsOddJson"/> knows.</summary>
    protected abstract EventVerdict ReadData(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data);

    /// <summary>Reads a whole answer; may throw what <see cref="IsOddJson"/> knows.</summary>
    protected abstract void ReadMessage(ReadOnlySpan<byte> body);
}
