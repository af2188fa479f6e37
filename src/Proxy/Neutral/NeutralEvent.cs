using System.Text.Json;

namespace Gateway.Proxy.Neutral;

internal enum EventKind
{
    /// <summary>First of all, exactly once.</summary>
    Start,

    /// <summary>A block begins; the one before has ended.</summary>
    BlockStart,

    /// <summary>More of the open block: text, reasoning, a refusal, or a piece of a call's arguments.</summary>
    Delta,

    /// <summary>The signature of the open block, whole.</summary>
    Signature,

    BlockEnd,

    /// <summary>The answer is over, with a reason: once, after all blocks. Usage is final.</summary>
    Stop,
}

internal enum BlockKind
{
    Text,
    Thinking,
    RedactedThinking,
    ToolCall,
    Refusal,
}

/// <summary>One step of an answer.</summary>
/// <remarks>The order is guaranteed by <see cref="EventSequence"/>, through which every decoder writes; encoders rely on it.</remarks>
internal readonly record struct NeutralEvent(EventKind Kind)
{
    /// <summary>Of the block, for <see cref="EventKind.BlockStart"/>, <see cref="EventKind.Delta"/>, <see cref="EventKind.Signature"/> and <see cref="EventKind.BlockEnd"/>.</summary>
    public BlockKind Block { get; init; }

    /// <summary>The delta or the signature; the platform's id for <see cref="EventKind.Start"/>.</summary>
    public string Text { get; init; } = "";

    /// <summary>Log probabilities of a text's tokens, as OpenAI writes them: a list of tokens; undefined when there are none.</summary>
    public JsonElement Logprobs { get; init; }

    /// <summary>Id of a call, for <see cref="EventKind.BlockStart"/>.</summary>
    public string Id { get; init; } = "";

    /// <summary>Name of the tool, for <see cref="EventKind.BlockStart"/>.</summary>
    public string Name { get; init; } = "";

    /// <summary>What Gemini signs of a call, for <see cref="EventKind.BlockStart"/>: other formats say it before the call. Null: unsigned.</summary>
    public string? Signature { get; init; }

    public StopReason Reason { get; init; }

    /// <summary>The stop sequence that was met, or the words of a refusal; null: none.</summary>
    public string? Detail { get; init; }
}
