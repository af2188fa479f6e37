using System.Text.Json.Serialization;

namespace Gateway.Proxy.Neutral;

/// <summary>How hard a model should think, in rising order.</summary>
internal enum Effort
{
    None,
    Minimal,
    Low,
    Medium,
    High,

    [JsonStringEnumMemberName("xhigh")]
    XHigh,
    Max,
}

/// <summary>What a client asks of the model's reasoning. All null: the model's default.</summary>
/// <param name="Effort">By level.</param>
/// <param name="BudgetTokens">By tokens; with an effort, the effort decides.</param>
/// <param name="Show">Whether the client wants to see it; null: as its format does by default.</param>
internal sealed record Reasoning(Effort? Effort, long? BudgetTokens, bool? Show)
{
    public static readonly Reasoning Default = new(null, null, null);

    /// <summary>The effort, or the budget as one; null: neither is given.</summary>
    public Effort? Level => Effort ?? (BudgetTokens is { } tokens ? Efforts.OfBudget(tokens) : null);

    /// <summary>Claude's <c>adaptive</c>: think as much as the task needs.</summary>
    public bool IsAdaptive { get; init; }

    /// <summary>Whether a client that need not get signatures wants them: those of Responses say so.</summary>
    public bool WantsSignature { get; init; }
}

internal static class Efforts
{
    private static readonly string[] Names = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

    /// <summary>All levels, for messages.</summary>
    public static readonly string All = string.Join(", ", Names);

    public static string Name(this Effort effort) => Names[(int)effort];

    public static Effort? Parse(string? name) => Array.IndexOf(Names, name) is var index and >= 0 ? (Effort)index : null;

    /// <summary>A token budget as a level: the nearest that asks for no more.</summary>
    public static Effort OfBudget(long tokens) => tokens switch
    {
        <= 0 => Effort.None,
        < 2048 => Effort.Low,
        < 12_000 => Effort.Medium,
        < 28_000 => Effort.High,
        _ => Effort.XHigh,
    };
}
