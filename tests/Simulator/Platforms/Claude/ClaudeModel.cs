namespace Simulator.Platforms.Claude;

/// <summary>Which kinds of thinking a model takes.</summary>
internal enum ThinkingRule
{
    /// <summary>Off, or enabled with a budget.</summary>
    Budget,

    /// <summary>Off, adaptive, or a budget.</summary>
    Any,

    /// <summary>Off or adaptive.</summary>
    Adaptive,

    /// <summary>Cannot be switched off; forced tool choice is refused too.</summary>
    Always,
}

/// <summary>A model as far as the rules go.</summary>
/// <param name="Id">What clients ask for.</param>
/// <param name="Snapshot">What answers name, as the platform resolves its aliases.</param>
internal sealed record ClaudeModel(string Id, string Snapshot, string Name)
{
    public int MaxOutputTokens { get; init; } = 128_000;

    public int MaxInputTokens { get; init; } = 1_000_000;

    /// <summary>Temperature or top_p, and top_k; without it any of them is refused.</summary>
    public bool TakesSampling { get; init; }

    /// <summary>The last message may be the assistant's.</summary>
    public bool TakesPrefill { get; init; }

    /// <summary>Later messages may have the role <c>system</c>.</summary>
    public bool TakesSystemTurns { get; init; }

    public ThinkingRule Thinking { get; init; }

    public static IReadOnlyList<ClaudeModel> All { get; } =
    [
        Generation4("claude-haiku-4-5", "20251001", "Claude Haiku 4.5"),
        Generation4("claude-sonnet-4-5", "20250929", "Claude Sonnet 4.5"),
        Generation4("claude-opus-4-5", "20251101", "Claude Opus 4.5"),
        new("claude-sonnet-4-6", "claude-sonnet-4-6", "Claude Sonnet 4.6") { TakesSampling = true, Thinking = ThinkingRule.Any },
        new("claude-opus-4-6", "claude-opus-4-6", "Claude Opus 4.6") { TakesSampling = true, Thinking = ThinkingRule.Any },
        new("claude-opus-4-7", "claude-opus-4-7", "Claude Opus 4.7") { Thinking = ThinkingRule.Adaptive },
        Newer("claude-opus-4-8", "Claude Opus 4.8", ThinkingRule.Adaptive),
        Newer("claude-sonnet-5", "Claude Sonnet 5", ThinkingRule.Adaptive),
        Newer("claude-opus-5", "Claude Opus 5", ThinkingRule.Adaptive),
        Newer("claude-haiku-5-5", "Claude Haiku 5.5", ThinkingRule.Adaptive),
        Newer("claude-sonnet-5-5", "Claude Sonnet 5.5", ThinkingRule.Always),
        Newer("claude-opus-5-5", "Claude Opus 5.5", ThinkingRule.Always),
        Newer("claude-fable-5-1", "Claude Fable 5.1", ThinkingRule.Always),
    ];

    /// <summary>The model behind an alias or snapshot; a name that only the account knows has the newest rules.</summary>
    public static ClaudeModel? Find(Exchange exchange, string name)
    {
        var known = All.FirstOrDefault(model => model.Id == name || model.Snapshot == name);
        return exchange.Account.Models is not { } entitled ? known
            : entitled.Contains(name) ? known ?? Newer(name, name, ThinkingRule.Adaptive)
            : null;
    }

    /// <summary>What the account may use, newest first, under the names that answers have.</summary>
    public static IEnumerable<ClaudeModel> Of(Exchange exchange) =>
        exchange.Account.Models is { } entitled ? entitled.Select(name => Find(exchange, name)!) : All.Reverse();

    private static ClaudeModel Generation4(string id, string date, string name) => new(id, $"{id}-{date}", name)
    {
        MaxOutputTokens = 64_000,
        MaxInputTokens = 200_000,
        TakesSampling = true,
        TakesPrefill = true,
        Thinking = ThinkingRule.Budget,
    };

    private static ClaudeModel Newer(string id, string name, ThinkingRule thinking) =>
        new(id, id, name) { TakesSystemTurns = true, Thinking = thinking };
}
