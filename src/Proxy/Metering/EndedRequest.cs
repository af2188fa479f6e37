using System.Text.Json.Serialization;
using Gateway.Infrastructure;
using Gateway.Proxy.Formats;

namespace Gateway.Proxy.Metering;

/// <summary>How a request that reached an upstream ended.</summary>
internal static class UsageStatus
{
    public const string Completed = "completed";
    public const string ClientAborted = "client_aborted";
    public const string UpstreamFailed = "upstream_failed";

    public static readonly string[] All = [Completed, ClientAborted, UpstreamFailed];
}

/// <summary>Where the counted tokens come from.</summary>
internal static class UsageSource
{
    public const string Reported = "reported";
    public const string Estimated = "estimated";
}

/// <summary>One ended request on its way from the stream to the database: the same bytes in the spool and in Redis.</summary>
internal sealed record EndedRequest
{
    public required Guid RequestId { get; init; }

    public required DateTime CreatedAtUtc { get; init; }

    public required long ApiKeyId { get; init; }

    public required long UserId { get; init; }

    public long? AccountId { get; init; }

    public Platform? Platform { get; init; }

    public string? Model { get; init; }

    public string? UpstreamModel { get; init; }

    public required string ClientFormat { get; init; }

    public required string Endpoint { get; init; }

    public bool Stream { get; init; }

    public int HttpStatus { get; init; }

    public string? ErrorKind { get; init; }

    public string? ErrorMessage { get; init; }

    public int Attempts { get; init; }

    public string? Trace { get; init; }

    public long DurationMs { get; init; }

    public long? FirstTokenMs { get; init; }

    public required string ClientIp { get; init; }

    public string? UserAgent { get; init; }

    public string? UpstreamRequestId { get; init; }

    /// <summary>Null: nothing to bill, the request reached no upstream or was a token count.</summary>
    public RequestUsage? Usage { get; init; }
}

/// <summary>What is billed for a request.</summary>
internal sealed record RequestUsage
{
    private const long MostNanoUsd = (long)Money.MaxUsd * Money.NanoPerUsd;

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public long ReasoningTokens { get; init; }

    public long CacheReadTokens { get; init; }

    public long CacheWriteTokens { get; init; }

    public long CacheWrite1hTokens { get; init; }

    public string? ServiceTier { get; init; }

    /// <summary>Null: nothing more moves its price.</summary>
    public UsageDetails? Details { get; init; }

    public long CostNanoUsd { get; init; }

    public decimal RateMultiplier { get; init; }

    public long BilledNanoUsd { get; init; }

    public required string PriceVersion { get; init; }

    public required string Source { get; init; }

    public required string Status { get; init; }

    /// <summary>False: one of these would overflow the sums that it becomes part of. SQLite goes over to binary fractions then, and says nothing.</summary>
    [JsonIgnore]
    public bool IsPossible =>
        IsCount(InputTokens) && IsCount(OutputTokens) && IsCount(ReasoningTokens) && IsCount(CacheReadTokens) && IsCount(CacheWriteTokens)
        && IsCount(CacheWrite1hTokens) && CostNanoUsd is >= 0 and <= MostNanoUsd && BilledNanoUsd is >= 0 and <= MostNanoUsd;

    // Writes to a cache are the sum of three counts.
    private static bool IsCount(long tokens) => tokens is >= 0 and <= 3 * JsonNumbers.MostCount;
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EndedRequest))]
[JsonSerializable(typeof(UsageDetails))]
internal sealed partial class MeteringJson : JsonSerializerContext;
