namespace Gateway.Proxy.Neutral;

/// <summary>
/// What an upstream says it used, in no platform's words. Counters are disjoint unless said; null means not reported, which is not zero.
/// </summary>
/// <remarks>A struct that one request owns: a reader fills it while the answer passes.</remarks>
internal record struct TokenUsage
{
    /// <summary>Input tokens neither read from nor written to a prompt cache.</summary>
    public long? InputTokens { get; set; }

    /// <summary>Input tokens served from the prompt cache.</summary>
    public long? CacheReadTokens { get; set; }

    /// <summary>Input tokens written to the cache for five minutes.</summary>
    public long? CacheWrite5mTokens { get; set; }

    /// <summary>Input tokens written to the cache for one hour.</summary>
    public long? CacheWrite1hTokens { get; set; }

    /// <summary>Input tokens written to a cache that has one price and no lifetimes (OpenAI).</summary>
    public long? CacheWriteOtherTokens { get; set; }

    /// <summary>All output tokens, reasoning included.</summary>
    public long? OutputTokens { get; set; }

    /// <summary>The part of <see cref="OutputTokens"/> that was reasoning.</summary>
    public long? ReasoningTokens { get; set; }

    /// <summary>The part of <see cref="InputTokens"/> that was audio.</summary>
    public long? InputAudioTokens { get; set; }

    /// <summary>The part of <see cref="InputTokens"/> that was images.</summary>
    public long? InputImageTokens { get; set; }

    /// <summary>The part of <see cref="CacheReadTokens"/> that was audio.</summary>
    public long? CacheReadAudioTokens { get; set; }

    /// <summary>The part of <see cref="OutputTokens"/> that was audio.</summary>
    public long? OutputAudioTokens { get; set; }

    /// <summary>The part of <see cref="OutputTokens"/> that was images.</summary>
    public long? OutputImageTokens { get; set; }

    /// <summary>Searches the platform ran for this answer.</summary>
    public long? WebSearchCalls { get; set; }

    /// <summary>The tier that served the request as the platform names it (<c>priority</c>, <c>flex</c>, <c>batch</c>, …).</summary>
    public string? ServiceTier { get; set; }

    /// <summary>The region that processing was pinned to, as the platform names it.</summary>
    public string? Geo { get; set; }

    /// <summary>The speed mode that served the request (<c>fast</c>).</summary>
    public string? Speed { get; set; }

    /// <summary>Every token written to a cache.</summary>
    public readonly long CacheWriteTokens => (CacheWrite5mTokens ?? 0) + (CacheWrite1hTokens ?? 0) + (CacheWriteOtherTokens ?? 0);

    /// <summary>The whole prompt: uncached, read and written. Long-context thresholds go by it.</summary>
    public readonly long TotalInputTokens => (InputTokens ?? 0) + (CacheReadTokens ?? 0) + CacheWriteTokens;

    /// <summary>Whether the upstream reported anything to bill by.</summary>
    public readonly bool IsReported => InputTokens is not null || OutputTokens is not null;
}
