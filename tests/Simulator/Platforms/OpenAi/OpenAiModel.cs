namespace Simulator.Platforms.OpenAi;

/// <summary>A model as far as the rules go.</summary>
/// <param name="Id">What clients ask for.</param>
/// <param name="Snapshot">What answers name, as the platform resolves its aliases.</param>
internal sealed record OpenAiModel(string Id, string Snapshot)
{
    /// <summary>Rejects <c>max_tokens</c>, and sampling settings while it reasons.</summary>
    public bool Reasons { get; init; }

    /// <summary>From gpt-5.4 on, function tools on chat completions need reasoning effort <c>none</c>.</summary>
    public bool ChatToolsNeedNoReasoning { get; init; }

    /// <summary>Length of its vectors; 0 for chat models.</summary>
    public int Dimensions { get; init; }

    public static IReadOnlyList<OpenAiModel> All { get; } =
    [
        new("gpt-4o", "gpt-4o-2024-08-06"),
        new("gpt-4o-mini", "gpt-4o-mini-2024-07-18"),
        new("gpt-4.1", "gpt-4.1-2025-04-14"),
        new("gpt-4.1-mini", "gpt-4.1-mini-2025-04-14"),
        new("gpt-4.1-nano", "gpt-4.1-nano-2025-04-14"),
        new("o4-mini", "o4-mini-2025-04-16") { Reasons = true },
        new("gpt-5", "gpt-5-2025-08-07") { Reasons = true },
        new("gpt-5-mini", "gpt-5-mini-2025-08-07") { Reasons = true },
        new("gpt-5.1", "gpt-5.1") { Reasons = true },
        new("gpt-5.4", "gpt-5.4") { Reasons = true, ChatToolsNeedNoReasoning = true },
        new("gpt-5.5", "gpt-5.5") { Reasons = true, ChatToolsNeedNoReasoning = true },
        new("gpt-5.6", "gpt-5.6") { Reasons = true, ChatToolsNeedNoReasoning = true },
        new("text-embedding-3-small", "text-embedding-3-small") { Dimensions = 1536 },
        new("text-embedding-3-large", "text-embedding-3-large") { Dimensions = 3072 },
        new("text-embedding-ada-002", "text-embedding-ada-002-v2") { Dimensions = 1536 },
    ];

    /// <summary>The model behind an alias or snapshot; a name that only the account knows is a plain chat model.</summary>
    public static OpenAiModel? Find(Exchange exchange, string name)
    {
        var known = All.FirstOrDefault(model => model.Id == name || model.Snapshot == name);
        return exchange.Account.Models is not { } entitled ? known : entitled.Contains(name) ? known ?? new OpenAiModel(name, name) : null;
    }

    public static IEnumerable<string> Names(Exchange exchange) =>
        exchange.Account.Models ?? All.SelectMany(model => new[] { model.Id, model.Snapshot }).Distinct();
}
