namespace Gateway.Infrastructure.Persistence.Entities;

/// <summary>One request that reached an upstream: the truth that money is counted by. Never changed after it was written.</summary>
internal sealed class UsageRecord
{
    public const int DetailsMaxLength = 500;

    /// <summary>UUID version 7, big-endian, so that bytes sort by time.</summary>
    public required byte[] RequestId { get; set; }

    /// <summary>Which sync transaction wrote the row: aggregates add exactly the rows of their own batch.</summary>
    public required byte[] BatchId { get; set; }

    public DateTime CreatedAtUtc { get; set; }

    public long ApiKeyId { get; set; }

    public long UserId { get; set; }

    public long AccountId { get; set; }

    public Platform Platform { get; set; }

    /// <summary>As requested, without a platform prefix.</summary>
    public required string Model { get; set; }

    public required string UpstreamModel { get; set; }

    public required string ClientFormat { get; set; }

    public required string Endpoint { get; set; }

    public bool Stream { get; set; }

    public long InputTokens { get; set; }

    public long OutputTokens { get; set; }

    public long ReasoningTokens { get; set; }

    public long CacheReadTokens { get; set; }

    public long CacheWriteTokens { get; set; }

    public long CacheWrite1hTokens { get; set; }

    public string? ServiceTier { get; set; }

    /// <summary>JSON of what else moves the price; null: nothing.</summary>
    public string? Details { get; set; }

    public long CostNanoUsd { get; set; }

    public decimal RateMultiplier { get; set; }

    public long BilledNanoUsd { get; set; }

    public required string PriceVersion { get; set; }

    /// <summary><c>reported</c> or <c>estimated</c>.</summary>
    public required string UsageSource { get; set; }

    public int Attempts { get; set; }

    public long DurationMs { get; set; }

    public long? FirstTokenMs { get; set; }

    /// <summary><c>completed</c>, <c>client_aborted</c> or <c>upstream_failed</c>.</summary>
    public required string Status { get; set; }

    public string? UpstreamRequestId { get; set; }
}

/// <summary>A later correction of a record's price. Queries add both.</summary>
internal sealed class UsageAdjustment
{
    public long Id { get; set; }

    public required byte[] RequestId { get; set; }

    public required string PriceVersion { get; set; }

    public long DeltaCostNanoUsd { get; set; }

    public long DeltaBilledNanoUsd { get; set; }

    public required string Reason { get; set; }

    public DateTime CreatedAtUtc { get; set; }
}
