namespace Gateway.Proxy.Neutral;

/// <summary>What a client's format calls the things that a platform may not have: so that a message names what the client wrote.</summary>
internal sealed record FieldNames
{
    public required string Messages { get; init; }

    public required string Tools { get; init; }

    public required string ToolChoice { get; init; }

    public required string ParallelToolCalls { get; init; }

    public required string MaxOutputTokens { get; init; }

    public required string Temperature { get; init; }

    public required string TopP { get; init; }

    public required string TopK { get; init; }

    public required string StopSequences { get; init; }

    public required string PresencePenalty { get; init; }

    public required string FrequencyPenalty { get; init; }

    public required string Seed { get; init; }

    public required string Candidates { get; init; }

    public required string TopLogprobs { get; init; }

    public required string OutputFormat { get; init; }

    public required string Reasoning { get; init; }

    public required string Verbosity { get; init; }

    public required string ServiceTier { get; init; }

    public required string CacheMarks { get; init; }
}
