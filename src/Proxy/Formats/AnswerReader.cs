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

    /// <summary>The upstream says that it failed.</summary>
    Failed,
}

/// <summary>Reads usage and the end of one answer while its bytes pass unchanged. Not thread-safe; one per attempt.</summary>
internal abstract class AnswerReader
{
    /// <summary>What the upstream reported so far.</summary>
    public TokenUsage Usage;

    /// <summary>Whether the answer reached its proper end.</summary>
    public bool IsComplete { get; protected set; }

    /// <summary>What the upstream said when it failed inside a stream.</summary>
    public Failure? Failure { get; protected set; }

    /// <summary>UTF-8 bytes of what the model wrote (text, reasoning, tool arguments), escapes resolved, to estimate output when usage never comes.</summary>
    public long OutputBytes { get; protected set; }

    /// <summary>Looks at one whole event.</summary>
    /// <param name="name">The <c>event:</c> field; empty when there is none.</param>
    /// <param name="data">The <c>data:</c> field; empty for comments.</param>
    public abstract EventVerdict ReadEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data);

    /// <summary>Looks at a whole body of a reply that was not streamed.</summary>
    public abstract void ReadBody(ReadOnlySpan<byte> body);
}
