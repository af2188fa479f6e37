using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Gateway.Infrastructure;
using Gateway.Proxy.Metering.Queries;

namespace Gateway.Features.Usage;

/// <summary>What some requests used and cost, added up.</summary>
public record UsageAmounts
{
    [SetsRequiredMembers]
    internal UsageAmounts(UsageSums sums, bool showsCost)
    {
        Requests = sums.Requests;
        InputTokens = sums.InputTokens;
        OutputTokens = sums.OutputTokens;
        CacheReadTokens = sums.CacheReadTokens;
        CacheWriteTokens = sums.CacheWriteTokens;
        CostUsd = showsCost ? Money.ToUsd(sums.CostNanoUsd) : null;
        BilledUsd = Money.ToUsd(sums.BilledNanoUsd);
    }

    /// <summary>Requests that reached an upstream.</summary>
    public required long Requests { get; init; }

    /// <summary>Input tokens that came from no cache.</summary>
    public required long InputTokens { get; init; }

    /// <summary>Output tokens, with those of reasoning.</summary>
    public required long OutputTokens { get; init; }

    /// <summary>Input tokens that were read from the platform's cache.</summary>
    public required long CacheReadTokens { get; init; }

    /// <summary>Input tokens that were written to the platform's cache.</summary>
    public required long CacheWriteTokens { get; init; }

    /// <summary>What the upstreams charge at list price, in US dollars. Absent unless the caller is an administrator.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? CostUsd { get; init; }

    /// <summary>What the keys were billed, in US dollars.</summary>
    public required decimal BilledUsd { get; init; }
}
