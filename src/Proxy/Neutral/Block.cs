using System.Text.Json;

namespace Gateway.Proxy.Neutral;

/// <summary>A piece of a conversation's content, modelled on Claude's blocks. Immutable.</summary>
internal abstract record Block
{
    /// <summary>How long the platform should cache the prompt up to and with this block, in minutes (5 or 60); null: the client set no mark.</summary>
    public int? CacheMinutes { get; init; }
}

/// <summary>Text that somebody wrote.</summary>
internal sealed record TextBlock(string Text) : Block
{
    /// <summary>What Gemini signs of a text part; null elsewhere.</summary>
    public string? Signature { get; init; }

    public bool IsBlank => string.IsNullOrWhiteSpace(Text);
}

/// <summary>The model's refusal, where a format has a place of its own for it.</summary>
internal sealed record RefusalBlock(string Text) : Block;

internal enum MediaKind
{
    Image,
    Document,
    Audio,
    Video,
}

/// <summary>An image, a document, a sound or a film: by its bytes, by an address or by the platform's own id of it. One of the three is set.</summary>
internal sealed record MediaBlock(MediaKind Kind) : Block
{
    /// <summary>Declared media type; null: not said.</summary>
    public string? MediaType { get; init; }

    /// <summary>The bytes in base64, as the client sent them.</summary>
    public string? Base64 { get; init; }

    /// <summary>The text of a plain-text document.</summary>
    public string? Text { get; init; }

    public string? Url { get; init; }

    /// <summary>Only the platform and account that gave it out know it.</summary>
    public string? FileId { get; init; }

    /// <summary>Title or file name.</summary>
    public string? Name { get; init; }

    /// <summary>OpenAI's <c>detail</c>; null: not said.</summary>
    public string? Detail { get; init; }
}

/// <summary>A call that the model made.</summary>
/// <param name="Id">The call's id; never empty: decoders derive one where a client sends none.</param>
/// <param name="Name">Name of the tool, as the client knows it.</param>
/// <param name="Arguments">A JSON object.</param>
internal sealed record ToolCallBlock(string Id, string Name, JsonElement Arguments) : Block
{
    /// <summary>What Gemini signs of a call, or the tagged form of another platform's; null: unsigned.</summary>
    public string? Signature { get; init; }
}

/// <summary>What came of a call.</summary>
/// <param name="CallId">The id of the <see cref="ToolCallBlock"/>.</param>
/// <param name="Content">Texts, images and documents; empty: nothing to say.</param>
internal sealed record ToolResultBlock(string CallId, IReadOnlyList<Block> Content, bool IsError) : Block;

/// <summary>The model's reasoning.</summary>
/// <param name="Text">What may be shown; empty when the platform keeps it to itself.</param>
/// <param name="Signature">What the platform needs to accept it again (<see cref="SignatureTag"/>); null: unsigned.</param>
internal sealed record ThinkingBlock(string Text, string? Signature) : Block
{
    /// <summary>Claude's <c>redacted_thinking</c>: the signature is all there is.</summary>
    public bool IsRedacted { get; init; }
}

internal enum TurnRole
{
    User,
    Assistant,

    /// <summary>Instructions in the middle of a conversation.</summary>
    System,
}

/// <summary>One message.</summary>
/// <param name="Field">Where the client wrote it, for messages about it: <c>messages[3]</c>.</param>
internal sealed record Turn(TurnRole Role, IReadOnlyList<Block> Blocks, string Field);
