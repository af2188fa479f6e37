using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Metering.Pricing;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Metering;

/// <summary>From what a reader saw to what is billed. What the upstream reported counts; only what it did not report is estimated, and marked so.</summary>
internal static class UsageEstimate
{
    // Text of the common languages takes 3 to 5 bytes a token (English 4.2, Chinese 3.4, source code 3.2 with o200k_base).
    private const int BytesPerToken = 4;

    // What a picture or a document takes depends on its pixels and pages, which nobody decodes here: round figures, for a large picture and ten pages.
    public const long TokensPerImage = 2_000;
    public const long TokensPerDocument = 20_000;

    /// <summary>What is billed should the gateway die before the answer: the input, as an estimate.</summary>
    public static RequestUsage BeforeAnswer(ProxyCall call, PriceQuote quote)
    {
        var usage = new TokenUsage { InputTokens = InputTokens(call.Request) };
        return Price(call, quote, usage, UsageSource.Estimated, UsageStatus.UpstreamFailed, isCharged: false);
    }

    /// <summary>What is billed should the gateway die in the middle of the answer: what is known by now, completed as for one that was cut off.</summary>
    public static RequestUsage SoFar(ProxyCall call, PriceQuote quote)
    {
        var usage = call.Reader!.Usage;
        Complete(call, call.Reader, ref usage);
        return Price(call, quote, usage, UsageSource.Estimated, UsageStatus.UpstreamFailed, isCharged: false);
    }

    public static RequestUsage AfterAnswer(ProxyCall call, PriceQuote quote, bool chargeFailed)
    {
        var status = call.Failure switch
        {
            null => UsageStatus.Completed,
            { Kind: FailureKind.ClientGone } => UsageStatus.ClientAborted,
            _ => UsageStatus.UpstreamFailed,
        };
        var reader = call.Reader!;
        var usage = reader.Usage;
        var source = UsageSource.Reported;
        if (!reader.HasFinalUsage || !usage.IsReported)
        {
            source = UsageSource.Estimated;
            Complete(call, reader, ref usage);
        }

        return Price(call, quote, usage, source, status, isCharged: status != UsageStatus.UpstreamFailed || chargeFailed || call.Failure is { IsCutByGateway: true });
    }

    /// <summary>Fills in what an answer that was cut off did not report. Nothing was written and nothing reported: nothing is known to be used.</summary>
    private static void Complete(ProxyCall call, AnswerReader reader, ref TokenUsage usage)
    {
        // Vectors are no written output, and some models report no usage for them.
        if (reader.OutputBytes == 0 && !(call.Operation == Operation.Embed && reader.IsComplete))
        {
            return;
        }

        // What a stream reports before its end is a beginning, not a sum: Claude starts with 1.
        usage.InputTokens ??= InputTokens(call.Request);
        usage.OutputTokens = Math.Max(usage.OutputTokens ?? 0, TokensOf(reader.OutputBytes));
    }

    /// <summary>By the bytes of its text, its images and its documents.</summary>
    public static long InputTokens(InspectedRequest request) =>
        TokensOf(request.TextBytes) + (request.Images * TokensPerImage) + (request.Documents * TokensPerDocument);

    private static long TokensOf(long textBytes) => (textBytes + BytesPerToken - 1) / BytesPerToken;

    private static RequestUsage Price(ProxyCall call, PriceQuote quote, in TokenUsage usage, string source, string status, bool isCharged)
    {
        var cost = CostCalculator.CostNanoUsd(quote, usage);
        return new RequestUsage
        {
            InputTokens = usage.InputTokens ?? 0,
            OutputTokens = usage.OutputTokens ?? 0,
            ReasoningTokens = usage.ReasoningTokens ?? 0,
            CacheReadTokens = usage.CacheReadTokens ?? 0,
            CacheWriteTokens = usage.CacheWriteTokens,
            CacheWrite1hTokens = usage.CacheWrite1hTokens ?? 0,
            ServiceTier = usage.ServiceTier is { Length: <= 32 } tier ? tier : null,
            Details = UsageDetails.Of(usage, call.Account!.Region),
            CostNanoUsd = cost,
            RateMultiplier = call.Key.RateMultiplier,
            BilledNanoUsd = isCharged ? CostCalculator.Billed(cost, call.Key.RateMultiplier) : 0,
            PriceVersion = quote.Version,
            Source = source,
            Status = status,
        };
    }
}
