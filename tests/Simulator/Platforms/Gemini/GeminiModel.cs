namespace Simulator.Platforms.Gemini;

/// <summary>A model as far as the rules go.</summary>
internal sealed record GeminiModel(string Id)
{
    /// <summary>From Gemini 3 on: thinking by level, signatures demanded, a JSON answer beside tools allowed.</summary>
    public bool IsThird { get; init; }

    /// <summary>Thinking budgets, for 2.5.</summary>
    public (int Least, int Most) Budget { get; init; }

    /// <summary>Makes vectors, and nothing else.</summary>
    public bool Embeds { get; init; }

    public string[] Levels { get; init; } = [];

    public static IReadOnlyList<GeminiModel> All { get; } =
    [
        new("gemini-2.0-flash"),
        new("gemini-embedding-001") { Embeds = true },
        new("gemini-2.5-flash") { Budget = (0, 24576) },
        new("gemini-2.5-flash-lite") { Budget = (0, 24576) },
        new("gemini-2.5-pro") { Budget = (128, 32768) },
        new("gemini-3-pro-preview") { IsThird = true, Levels = ["LOW", "HIGH"] },
        new("gemini-3.1-pro-preview") { IsThird = true, Levels = ["LOW", "MEDIUM", "HIGH"] },
        new("gemini-3-flash-preview") { IsThird = true, Levels = ["MINIMAL", "LOW", "MEDIUM", "HIGH"] },
    ];

    public bool Thinks => IsThird || Budget.Most > 0;

    /// <summary>A name that only the account knows is a model of the second generation.</summary>
    public static GeminiModel? Find(Exchange exchange, string name)
    {
        var known = All.FirstOrDefault(model => model.Id == name);
        return exchange.Account.Models is not { } entitled ? known : entitled.Contains(name) ? known ?? new GeminiModel(name) : null;
    }

    public static IEnumerable<string> Names(Exchange exchange) => exchange.Account.Models ?? All.Select(model => model.Id);
}
