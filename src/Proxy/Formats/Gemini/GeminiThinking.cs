using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats.Gemini;

/// <summary>How a model is told to think: within a budget up to 2.5, at a level from 3 on, or not at all.</summary>
/// <remarks>Source: Gemini API, Thinking guide and the table of the OpenAI-compatible API, read 2026-11.</remarks>
/// <param name="IsOn">Whether it thinks, as far as that is known.</param>
internal sealed record GeminiThinking(bool IsOn)
{
    // The model decides.
    private const long Dynamic = -1;

    public long? BudgetTokens { get; init; }

    public Effort? Level { get; init; }

    /// <summary>The model cannot do what was asked.</summary>
    public bool IsWeakened { get; init; }

    public static GeminiThinking Of(Reasoning wanted, ModelCapabilities model)
    {
        var isAsked = wanted is not { Effort: null, BudgetTokens: null, IsAdaptive: false };
        if (!model.ThinkingBudget && model.Efforts.Count == 0)
        {
            return new GeminiThinking(IsOn: false) { IsWeakened = isAsked && wanted.Effort is not Effort.None };
        }

        if (!isAsked)
        {
            return new GeminiThinking(model.ThinksByDefault);
        }

        if (wanted.Effort is Effort.None || wanted is { Effort: null, BudgetTokens: 0 })
        {
            return Least(model);
        }

        return model.ThinkingBudget
            ? new GeminiThinking(IsOn: true) { BudgetTokens = Budget(wanted, model) }
            : new GeminiThinking(IsOn: true) { Level = wanted.Level is { } effort ? Nearest(effort, model) : null };
    }

    private static GeminiThinking Least(ModelCapabilities model) => model switch
    {
        { ThinkingBudget: true, CanDisableThinking: true } => new GeminiThinking(IsOn: false) { BudgetTokens = 0 },
        { ThinkingBudget: true } => new GeminiThinking(IsOn: true) { BudgetTokens = model.MinThinkingBudget, IsWeakened = true },
        _ => new GeminiThinking(IsOn: true) { Level = model.Efforts[0], IsWeakened = true },
    };

    private static long Budget(Reasoning wanted, ModelCapabilities model)
    {
        var most = model.MaxThinkingBudget ?? 24_576;
        var budget = wanted.Effort switch
        {
            null => wanted.BudgetTokens ?? Dynamic,
            <= Effort.Low => 1024,
            Effort.Medium => 8192,
            Effort.High => 24_576,
            _ => most,
        };
        return budget == Dynamic ? Dynamic : Math.Clamp(budget, model.MinThinkingBudget, most);
    }

    /// <summary>Where there is no medium, Google's own compatible server takes it for high: the one case in which more is spent than was asked.</summary>
    private static Effort? Nearest(Effort effort, ModelCapabilities model) =>
        model.Nearest(effort == Effort.Medium && !model.Efforts.Contains(Effort.Medium) ? Effort.High : effort);
}
