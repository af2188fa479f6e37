using System.Text.Json.Serialization;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering.Store;

namespace Gateway.Features.Usage.ListUsageRecords;

/// <summary>One request that reached an upstream: what it used and cost.</summary>
public sealed record UsageRecordView
{
    /// <summary>The id of the request, as in the reply's <c>x-request-id</c>.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>When the request came, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>The API key it was made with.</summary>
    public required long ApiKeyId { get; init; }

    /// <summary>The user of the key.</summary>
    public required long UserId { get; init; }

    /// <summary>The account that served it. Absent unless the caller is an administrator.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? AccountId { get; init; }

    /// <summary>The account's platform.</summary>
    public required string Platform { get; init; }

    /// <summary>The model as it was requested, without a platform in front.</summary>
    public required string Model { get; init; }

    /// <summary>The model or deployment that was asked upstream. Absent unless the caller is an administrator.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? UpstreamModel { get; init; }

    /// <summary>The format that the client speaks.</summary>
    public required string ClientFormat { get; init; }

    /// <summary>The endpoint that was called.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Whether the answer was streamed.</summary>
    public required bool Stream { get; init; }

    /// <summary>Input tokens that came from no cache.</summary>
    public required long InputTokens { get; init; }

    /// <summary>Output tokens, with those of reasoning.</summary>
    public required long OutputTokens { get; init; }

    /// <summary>Output tokens that were spent on reasoning.</summary>
    public required long ReasoningTokens { get; init; }

    /// <summary>Input tokens that were read from the platform's cache.</summary>
    public required long CacheReadTokens { get; init; }

    /// <summary>Input tokens that were written to the platform's cache, for however long.</summary>
    public required long CacheWriteTokens { get; init; }

    /// <summary>Those among them that are kept for an hour.</summary>
    public required long CacheWrite1hTokens { get; init; }

    /// <summary>The platform's service tier; null: its usual one.</summary>
    public required string? ServiceTier { get; init; }

    /// <summary>What the upstream charges at list price, in US dollars. Absent unless the caller is an administrator.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? CostUsd { get; init; }

    /// <summary>The factor of the key at that time.</summary>
    public required decimal RateMultiplier { get; init; }

    /// <summary>What the key was billed, in US dollars.</summary>
    public required decimal BilledUsd { get; init; }

    /// <summary>Which prices the amounts were computed with.</summary>
    public required string PriceVersion { get; init; }

    /// <summary><c>reported</c> by the upstream, or <c>estimated</c> where it did not report.</summary>
    public required string UsageSource { get; init; }

    /// <summary>How many accounts were tried. Absent unless the caller is an administrator.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Attempts { get; init; }

    /// <summary>How long the request took, in milliseconds.</summary>
    public required long DurationMs { get; init; }

    /// <summary>When the first content was sent, in milliseconds after the request came; null: none was.</summary>
    public required long? FirstTokenMs { get; init; }

    /// <summary><c>completed</c>, <c>client_aborted</c> or <c>upstream_failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The id that the upstream gave the request; null: none.</summary>
    public required string? UpstreamRequestId { get; init; }

    /// <param name="correction">Later corrections of the record's price.</param>
    /// <param name="isAdmin">Whether to show what only administrators may see.</param>
    internal static UsageRecordView Of(UsageRecord record, PriceCorrection? correction, bool isAdmin) => new()
    {
        RequestId = RequestKey.ToGuid(record.RequestId),
        CreatedAt = record.CreatedAtUtc,
        ApiKeyId = record.ApiKeyId,
        UserId = record.UserId,
        AccountId = isAdmin ? record.AccountId : null,
        Platform = record.Platform.Name(),
        Model = record.Model,
        UpstreamModel = isAdmin ? record.UpstreamModel : null,
        ClientFormat = record.ClientFormat,
        Endpoint = record.Endpoint,
        Stream = record.Stream,
        InputTokens = record.InputTokens,
        OutputTokens = record.OutputTokens,
        ReasoningTokens = record.ReasoningTokens,
        CacheReadTokens = record.CacheReadTokens,
        CacheWriteTokens = record.CacheWriteTokens,
        CacheWrite1hTokens = record.CacheWrite1hTokens,
        ServiceTier = record.ServiceTier,
        CostUsd = isAdmin ? Money.ToUsd(record.CostNanoUsd + (correction?.DeltaCostNanoUsd ?? 0)) : null,
        RateMultiplier = Money.WithoutTrailingZeros(record.RateMultiplier),
        BilledUsd = Money.ToUsd(record.BilledNanoUsd + (correction?.DeltaBilledNanoUsd ?? 0)),
        PriceVersion = correction?.PriceVersion ?? record.PriceVersion,
        UsageSource = record.UsageSource,
        Attempts = isAdmin ? record.Attempts : null,
        DurationMs = record.DurationMs,
        FirstTokenMs = record.FirstTokenMs,
        Status = record.Status,
        UpstreamRequestId = record.UpstreamRequestId,
    };
}

/// <summary>The sum of a record's corrections, and the prices that the last one was made with.</summary>
internal sealed record PriceCorrection(long DeltaCostNanoUsd, long DeltaBilledNanoUsd, string PriceVersion);
