namespace Simulator;

/// <summary>What an answer says it used. The counters are disjoint, and each platform adds them up in its own way.</summary>
public sealed record ScriptedUsage
{
    /// <summary>Input tokens neither read from nor written to a cache.</summary>
    public long InputTokens { get; init; }

    public long CacheReadTokens { get; init; }

    /// <summary>Claude's five-minute writes; OpenAI reports both kinds of write as one.</summary>
    public long CacheWrite5mTokens { get; init; }

    public long CacheWrite1hTokens { get; init; }

    /// <summary>All output, reasoning included.</summary>
    public long OutputTokens { get; init; }

    /// <summary>The part of <see cref="OutputTokens"/> that was reasoning.</summary>
    public long ReasoningTokens { get; init; }

    /// <summary>Claude's own web searches.</summary>
    public long WebSearches { get; init; }

    /// <summary>Null is the platform's usual one (<c>default</c>, <c>standard</c>).</summary>
    public string? ServiceTier { get; init; }

    /// <summary>Claude's <c>inference_geo</c>.</summary>
    public string? Geo { get; init; }

    /// <summary>Claude's <c>speed</c>.</summary>
    public string? Speed { get; init; }

    internal long CacheWriteTokens => CacheWrite5mTokens + CacheWrite1hTokens;

    internal long TotalInputTokens => InputTokens + CacheReadTokens + CacheWriteTokens;
}
