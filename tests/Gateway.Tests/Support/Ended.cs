using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering;

namespace Gateway.Tests.Support;

/// <summary>Ended requests as the proxy would hand them over.</summary>
internal static class Ended
{
    /// <summary>A request whose amounts differ from those of every other number.</summary>
    public static EndedRequest Request(ApiKey key, Account account, DateTime createdAtUtc, string model = "claude-sonnet-4-5", int number = 1) => new()
    {
        RequestId = Guid.CreateVersion7(createdAtUtc),
        CreatedAtUtc = createdAtUtc,
        ApiKeyId = key.Id,
        UserId = key.UserId,
        AccountId = account.Id,
        Platform = account.Platform,
        Model = model,
        UpstreamModel = $"{model}-upstream",
        ClientFormat = "claude",
        Endpoint = "/v1/messages",
        Stream = true,
        HttpStatus = 200,
        Attempts = 1,
        Trace = $$"""{"candidates":1,"attempts":[{"account_id":{{account.Id}},"upstream_model":"{{model}}-upstream","status":200,"error_kind":null,"duration_ms":12}]}""",
        DurationMs = 1200,
        FirstTokenMs = 300,
        ClientIp = "127.0.0.1",
        UserAgent = "tests",
        UpstreamRequestId = "req_1",
        Usage = new RequestUsage
        {
            InputTokens = number,
            OutputTokens = 10L * number,
            ReasoningTokens = 2,
            CacheReadTokens = 100L * number,
            CacheWriteTokens = 1000L * number,
            CacheWrite1hTokens = 1,
            ServiceTier = "standard",
            CostNanoUsd = 1_000_003L * number,
            RateMultiplier = 1.5m,
            BilledNanoUsd = 1_500_005L * number,
            PriceVersion = "test:1",
            Source = UsageSource.Reported,
            Status = UsageStatus.Completed,
        },
    };

    /// <summary>A request that no upstream saw.</summary>
    public static EndedRequest Refused(ApiKey key, DateTime createdAtUtc) => new()
    {
        RequestId = Guid.CreateVersion7(createdAtUtc),
        CreatedAtUtc = createdAtUtc,
        ApiKeyId = key.Id,
        UserId = key.UserId,
        Model = "no-such-model",
        ClientFormat = "openai_chat",
        Endpoint = "/v1/chat/completions",
        HttpStatus = 404,
        ErrorKind = "model_not_found",
        ErrorMessage = "There is no model 'no-such-model'.",
        DurationMs = 3,
        ClientIp = "127.0.0.1",
    };
}
