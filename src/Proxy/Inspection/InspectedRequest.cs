namespace Gateway.Proxy.Inspection;

/// <summary>Where a value lies in the body.</summary>
internal readonly record struct BodyRange(int Start, int Length)
{
    public int End => Start + Length;

    public bool IsEmpty => Length == 0;
}

/// <summary>A replacement of a part of the body; <see cref="BodyRange.Length"/> 0 inserts.</summary>
internal readonly record struct BodyEdit(BodyRange Range, byte[] Replacement);

/// <summary>What some clients say in the address and others in the body.</summary>
/// <param name="Stream">Whether the answer is to be streamed; null: the body says it.</param>
internal sealed record AddressedModel(string Model, bool? Stream = null);

/// <summary>What one pass over a request's JSON found. The body itself stays as it came.</summary>
internal sealed class InspectedRequest
{
    /// <summary>The model that is asked for, as the client spells it.</summary>
    public string Model { get; set; } = "";

    /// <summary>What the body says of the model, which another name in the address overrules; null: nothing.</summary>
    public string? WrittenModel { get; set; }

    /// <summary>The model's value in the body with its quotes; empty when it is in the address only.</summary>
    public BodyRange ModelRange { get; set; }

    public bool Stream { get; set; }

    /// <summary>The client's own limit on output tokens; null: it set none.</summary>
    public long? MaxOutputTokens { get; set; }

    /// <summary>How many answers the client asks for at once.</summary>
    public int Choices { get; set; } = 1;

    /// <summary>The service tier that the client asks for, which moves prices; null: none.</summary>
    public string? ServiceTier { get; set; }

    /// <summary>The speed that the client asks for, which moves prices; null: none.</summary>
    public string? Speed { get; set; }

    /// <summary>Where the client wants its request to be served, which moves prices; null: anywhere.</summary>
    public string? Geo { get; set; }

    /// <summary>The earlier response that this one goes on from; null: none.</summary>
    public string? PreviousResponseId { get; set; }

    /// <summary>Where the body says which conversation this is; null: it is none (embeddings).</summary>
    public SessionSignals? Session { get; set; }

    /// <summary>Ids of items that the platform keeps and the client only names.</summary>
    public IReadOnlyList<string> ItemReferences { get; set; } = [];

    /// <summary>Whether the platform may keep the response for later calls.</summary>
    public bool IsStored { get; set; } = true;

    /// <summary>The name <c>max_tokens</c> with its quotes, where the body does not also have the newer name of the limit; else empty.</summary>
    public BodyRange MaxTokensName { get; set; }

    /// <summary>Whether the client declares tools.</summary>
    public bool HasTools { get; set; }

    /// <summary>Whether the client wants the model not to reason.</summary>
    public bool IsReasoningOff { get; set; }

    /// <summary>Value of <c>stream_options</c>; empty when absent.</summary>
    public BodyRange StreamOptionsRange { get; set; }

    public bool HasStreamOptionsMembers { get; set; }

    /// <summary>Value of <c>stream_options.include_usage</c>; empty when absent.</summary>
    public BodyRange IncludeUsageRange { get; set; }

    /// <summary>Whether the client asked for the usage chunk.</summary>
    public bool IncludeUsage { get; set; }

    /// <summary>Just after the opening brace of the body.</summary>
    public int MembersStart { get; set; }

    /// <summary>Bytes of the body that a model reads as text, its JSON included: escapes resolved, and without the bytes of media.</summary>
    public int TextBytes { get; set; }

    /// <summary>Images and pieces of audio in the messages.</summary>
    public int Images { get; set; }

    /// <summary>Documents in the messages that are not plain text.</summary>
    public int Documents { get; set; }
}
