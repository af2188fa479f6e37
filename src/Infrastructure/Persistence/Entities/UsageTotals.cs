namespace Gateway.Infrastructure.Persistence.Entities;

/// <summary>Sums of usage records over a period of one key, account and model.</summary>
internal abstract class UsageTotals
{
    public long Id { get; set; }

    /// <summary>Start of the hour or day, UTC.</summary>
    public DateTime PeriodUtc { get; set; }

    public long ApiKeyId { get; set; }

    public long AccountId { get; set; }

    public required string Model { get; set; }

    public long Requests { get; set; }

    public long InputTokens { get; set; }

    public long OutputTokens { get; set; }

    public long CacheReadTokens { get; set; }

    public long CacheWriteTokens { get; set; }

    public long CostNanoUsd { get; set; }

    public long BilledNanoUsd { get; set; }
}

/// <summary>Per UTC hour. Never pruned.</summary>
internal sealed class HourlyUsage : UsageTotals;

/// <summary>Per UTC day. Never pruned.</summary>
internal sealed class DailyUsage : UsageTotals;
