using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Proxy.Metering.Store;

/// <summary>The rows that an ended request will be once it is synced, with the values that <see cref="UsageStore"/> writes.</summary>
internal static class UnsyncedRows
{
    /// <exception cref="InvalidOperationException">The request has no usage, and so no record.</exception>
    public static UsageRecord ToRecord(this EndedRequest request)
    {
        var usage = request.Usage ?? throw new InvalidOperationException("A request that used nothing has no record.");
        return new UsageRecord
        {
            RequestId = RequestKey.Of(request.RequestId),
            BatchId = [],
            CreatedAtUtc = request.CreatedAtUtc,
            ApiKeyId = request.ApiKeyId,
            UserId = request.UserId,
            AccountId = request.AccountId ?? 0,
            Platform = request.Platform ?? default,
            Model = request.Model ?? "",
            UpstreamModel = request.UpstreamModel ?? "",
            ClientFormat = request.ClientFormat,
            Endpoint = request.Endpoint,
            Stream = request.Stream,
            InputTokens = usage.InputTokens,
            OutputTokens = usage.OutputTokens,
            ReasoningTokens = usage.ReasoningTokens,
            CacheReadTokens = usage.CacheReadTokens,
            CacheWriteTokens = usage.CacheWriteTokens,
            CacheWrite1hTokens = usage.CacheWrite1hTokens,
            ServiceTier = usage.ServiceTier,
            Details = UsageDetails.Write(usage.Details),
            CostNanoUsd = usage.CostNanoUsd,
            RateMultiplier = usage.RateMultiplier,
            BilledNanoUsd = usage.BilledNanoUsd,
            PriceVersion = usage.PriceVersion,
            UsageSource = usage.Source,
            Attempts = request.Attempts,
            DurationMs = request.DurationMs,
            FirstTokenMs = request.FirstTokenMs,
            Status = usage.Status,
            UpstreamRequestId = request.UpstreamRequestId,
        };
    }

    public static RequestLog ToLog(this EndedRequest request) => new()
    {
        RequestId = RequestKey.Of(request.RequestId),
        CreatedAtUtc = request.CreatedAtUtc,
        ApiKeyId = request.ApiKeyId,
        UserId = request.UserId,
        AccountId = request.AccountId,
        Platform = request.Platform,
        Model = request.Model,
        UpstreamModel = request.UpstreamModel,
        ClientFormat = request.ClientFormat,
        Endpoint = request.Endpoint,
        Stream = request.Stream,
        HttpStatus = request.HttpStatus,
        ErrorKind = request.ErrorKind,
        ErrorMessage = request.ErrorMessage,
        Attempts = request.Attempts,
        Trace = request.Trace,
        DurationMs = request.DurationMs,
        FirstTokenMs = request.FirstTokenMs,
        ClientIp = request.ClientIp,
        UserAgent = request.UserAgent,
    };
}
