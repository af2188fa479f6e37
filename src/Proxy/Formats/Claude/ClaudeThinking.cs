using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats.Claude;

/// <summary>How hard a Claude model is to think, and what that leaves of the other settings: each generation is asked in its own way.</summary>
/// <remarks>Source: Anthropic documentation, extended thinking, adaptive thinking and effort, read 2026-11.</remarks>
/// <param name="turns">As they are sent.</param>
internal sealed class ClaudeThinking(NeutralRequest request, RequestTarget target, List<Turn> turns)
{
    // Longer answers that are not streamed are refused, or end in a time limit on the way.
    private const long DefaultStreamedTokens = 32_000;
    private const long DefaultWholeTokens = 16_000;

    private const long MinThinkingTokens = 1024;

    private ModelCapabilities Capabilities => target.Capabilities;

    /// <summary>The conversation with the thinking that the account accepts, signed as its maker signed it, and without any other.</summary>
    public static NeutralRequest Accepted(NeutralRequest request, RequestTarget target)
    {
        var isBroken = false;
        return request with { Turns = [.. request.Turns.Select(turn => turn.Role == TurnRole.Assistant ? turn with { Blocks = [.. turn.Blocks.Select(Accept).OfType<Block>()] } : turn)] };

        Block? Accept(Block block)
        {
            if (block is not ThinkingBlock thinking)
            {
                return block;
            }

            var signature = isBroken ? null : SignatureTag.For(request, thinking.Signature, Vendors.Claude, target.Scope);

            // What another vendor or organization signed was not there either when the later blocks were signed; what was tampered with was.
            isBroken |= signature is null && target.Capabilities.PreservedThinking && !SignatureTag.IsElsewhere(thinking.Signature);
            return signature is null ? null : thinking with { Signature = signature };
        }
    }

    /// <param name="limit">The client's limit on output tokens, as far as the model goes; null: it set none.</param>
    public ClaudeThinkingPlan Plan(long? limit)
    {
        var wanted = request.Reasoning;
        var maxTokens = limit ?? Math.Min(request.Stream ? DefaultStreamedTokens : DefaultWholeTokens, Capabilities.MaxOutputTokens ?? long.MaxValue);
        var isForced = request.ToolChoice?.Kind is ToolChoiceKind.Any or ToolChoiceKind.One;
        if (wanted.Effort == Effort.None)
        {
            if (Capabilities.CanDisableThinking)
            {
                return new ClaudeThinkingPlan(Capabilities.ThinksByDefault ? ClaudeThinkingMode.Disabled : ClaudeThinkingMode.Omitted, maxTokens);
            }

            target.Drop(request.Names.Reasoning);
            return Adaptive(Effort.Low);
        }

        if (wanted is { Effort: null, BudgetTokens: null, IsAdaptive: false })
        {
            return Capabilities.CanDisableThinking && !Capabilities.ThinksByDefault
                ? new ClaudeThinkingPlan(ClaudeThinkingMode.Omitted, maxTokens)
                : new ClaudeThinkingPlan(ClaudeThinkingMode.Omitted, maxTokens) { IsOn = true, IsForcedChoiceAllowed = Capabilities.ForcedToolChoiceWithThinking, ShowsDefault = true };
        }

        if (!Capabilities.AdaptiveThinking && Capabilities.ThinkingBudget)
        {
            if (isForced || GoesOnWithoutThinking())
            {
                // A model that thinks within a budget may not be forced to call a tool meanwhile, and wants the thinking back that led to a call.
                target.Drop(request.Names.Reasoning);
                return new ClaudeThinkingPlan(ClaudeThinkingMode.Omitted, maxTokens);
            }

            var budget = wanted.Effort is { } effort ? BudgetOf(effort, maxTokens) : wanted.BudgetTokens ?? BudgetOf(Effort.Medium, maxTokens);
            if (limit is null)
            {
                maxTokens = Math.Min(maxTokens + budget, Capabilities.MaxOutputTokens ?? long.MaxValue);
            }

            budget = Math.Min(budget, limit is null ? maxTokens - 1 : maxTokens * 4 / 5);
            if (budget < MinThinkingTokens)
            {
                target.Drop(request.Names.Reasoning);
                return new ClaudeThinkingPlan(ClaudeThinkingMode.Omitted, maxTokens);
            }

            return new ClaudeThinkingPlan(ClaudeThinkingMode.Budget, maxTokens) { BudgetTokens = budget, IsOn = true, IsForcedChoiceAllowed = false };
        }

        if (!Capabilities.AdaptiveThinking)
        {
            target.Drop(request.Names.Reasoning);
            return new ClaudeThinkingPlan(ClaudeThinkingMode.Omitted, maxTokens);
        }

        return Adaptive(wanted.Level);

        ClaudeThinkingPlan Adaptive(Effort? level) => new(ClaudeThinkingMode.Adaptive, maxTokens)
        {
            Effort = level is { } some ? Capabilities.Nearest(some) : null,
            IsOn = true,
            IsForcedChoiceAllowed = Capabilities.ForcedToolChoiceWithThinking,
        };
    }

    /// <summary>Whether results of tools follow calls whose thinking the client did not send back, or nobody here accepts.</summary>
    private bool GoesOnWithoutThinking() =>
        turns is [.., var calls, var results] && results.Blocks.Any(block => block is ToolResultBlock) && calls.Blocks is not [ThinkingBlock, ..];

    private long BudgetOf(Effort effort, long maxTokens) => effort switch
    {
        Effort.Minimal => 1024,
        Effort.Low => 2048,
        Effort.Medium => 8192,
        Effort.High => 16_384,
        Effort.XHigh => 32_000,
        _ => Math.Min(maxTokens - MinThinkingTokens, Capabilities.MaxThinkingBudget ?? long.MaxValue),
    };
}

internal enum ClaudeThinkingMode
{
    /// <summary>Nothing is said: the model does what it does by default.</summary>
    Omitted,
    Disabled,
    Budget,
    Adaptive,
}

/// <summary>What is asked of a model's thinking.</summary>
/// <param name="MaxTokens">Limit on output tokens, thinking included.</param>
internal sealed record ClaudeThinkingPlan(ClaudeThinkingMode Mode, long MaxTokens)
{
    public long BudgetTokens { get; init; }

    public Effort? Effort { get; init; }

    public bool IsOn { get; init; }

    public bool IsForcedChoiceAllowed { get; init; } = true;

    /// <summary>The model thinks by itself: saying so is only needed to see it.</summary>
    public bool ShowsDefault { get; init; }
}
