using Gateway.Infrastructure;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>What a request costs at list price. Integer and decimal arithmetic only; a sum is rounded once.</summary>
internal static class CostCalculator
{
    /// <summary>Beyond any real request, and small enough that no product of a count and the largest price overflows a decimal.</summary>
    private const long MaxCount = 1_000_000_000_000_000;

    private static readonly RateKind[] InputKinds =
    [
        RateKind.Input,
        RateKind.CacheRead,
        RateKind.CacheWrite5m,
        RateKind.CacheWrite1h,
        RateKind.AudioInput,
        RateKind.AudioCacheRead,
        RateKind.ImageInput,
    ];

    private static readonly RateKind[] OutputKinds =
        [RateKind.Output, RateKind.ReasoningOutput, RateKind.AudioOutput, RateKind.ImageOutput];

    public static long CostNanoUsd(PriceQuote quote, in TokenUsage usage) => CostNanoUsd(quote, usage, out _);

    /// <param name="quote">The prices.</param>
    /// <param name="usage">What the upstream reports; what it does not report, or reports below zero, counts as nothing.</param>
    /// <param name="priceIncomplete">Whether a price was missing and another stood in: input's, or the standard tier's.</param>
    public static long CostNanoUsd(PriceQuote quote, in TokenUsage usage, out bool priceIncomplete)
    {
        var sheet = Fill(quote, usage, lines: null);
        priceIncomplete = !sheet.IsComplete;
        return sheet.TotalNanoUsd;
    }

    /// <summary>The same computation line by line; the lines' amounts add up to the cost before it is rounded.</summary>
    public static IReadOnlyList<CostLine> CostLines(PriceQuote quote, in TokenUsage usage)
    {
        var lines = new List<CostLine>();
        Fill(quote, usage, lines);
        return lines;
    }

    /// <summary>What a client is charged for a cost.</summary>
    public static long Billed(long costNanoUsd, decimal multiplier) =>
        decimal.ToInt64(Math.Min(
            decimal.Round(costNanoUsd * multiplier, 0, MidpointRounding.AwayFromZero),
            Money.MaxUsd * Money.NanoPerUsd));

    /// <summary>
    /// The most that a request can cost whose tokens are known only in number: every input token at the dearest kind of input, every output
    /// token at the dearest kind of output, in the tier asked for or the standard one, whichever is dearer.
    /// </summary>
    /// <remarks>Calls of the platform's own tools are not in it: nobody knows beforehand how many there will be.</remarks>
    /// <param name="quote">The prices.</param>
    /// <param name="inputTokens">The estimated length of the prompt; beyond their threshold, the prices for long prompts apply.</param>
    /// <param name="maxOutputTokens">The most output that the request allows.</param>
    /// <param name="asked">Tier, speed and region that the request asks for.</param>
    public static long MaxCostNanoUsd(PriceQuote quote, long inputTokens, long maxOutputTokens, in ServiceTerms asked = default)
    {
        var input = Count(inputTokens);
        var output = Count(maxOutputTokens);
        var rates = new ApplicableRates(quote.Prices, asked, input);
        var standard = new ApplicableRates(quote.Prices, asked with { Tier = null }, input);
        var usd = (input * Math.Max(Dearest(rates, InputKinds), Dearest(standard, InputKinds))
            + output * Math.Max(Dearest(rates, OutputKinds), Dearest(standard, OutputKinds))) / 1_000_000m;
        return Money.ToNanoUsd(Math.Min(usd, Money.MaxUsd));
    }

    private static CostSheet Fill(PriceQuote quote, in TokenUsage usage, List<CostLine>? lines)
    {
        var input = Count(usage.InputTokens);
        var cacheRead = Count(usage.CacheReadTokens);
        var cacheWrite5m = Count(usage.CacheWrite5mTokens);
        var cacheWrite1h = Count(usage.CacheWrite1hTokens);
        var cacheWriteOther = Count(usage.CacheWriteOtherTokens);
        var output = Count(usage.OutputTokens);

        // Not usage.TotalInputTokens: a count below zero must not make the prompt shorter than it was.
        var prompt = input + cacheRead + cacheWrite5m + cacheWrite1h + cacheWriteOther;
        var rates = new ApplicableRates(quote.Prices, ServiceTerms.Of(usage), prompt);
        var sheet = new CostSheet(rates, lines);

        var audioInput = TakeFrom(ref input, usage.InputAudioTokens);
        var imageInput = TakeFrom(ref input, usage.InputImageTokens);
        sheet.AddTokens(RateKind.Input, input);
        sheet.AddTokens(RateKind.AudioInput, audioInput);
        sheet.AddTokens(RateKind.ImageInput, imageInput);

        var audioCacheRead = TakeFrom(ref cacheRead, usage.CacheReadAudioTokens);
        sheet.AddTokens(RateKind.CacheRead, cacheRead);
        sheet.AddTokens(RateKind.AudioCacheRead, audioCacheRead);

        sheet.AddTokens(RateKind.CacheWrite5m, cacheWrite5m);
        sheet.AddTokens(RateKind.CacheWrite1h, cacheWrite1h);
        sheet.AddTokens("cache_write", cacheWriteOther, RateKind.CacheWrite5m);

        var audioOutput = TakeFrom(ref output, usage.OutputAudioTokens);
        var imageOutput = TakeFrom(ref output, usage.OutputImageTokens);
        var reasoning = rates.Has(RateKind.ReasoningOutput) ? TakeFrom(ref output, usage.ReasoningTokens) : 0;
        sheet.AddTokens(RateKind.Output, output);
        sheet.AddTokens(RateKind.ReasoningOutput, reasoning);
        sheet.AddTokens(RateKind.AudioOutput, audioOutput);
        sheet.AddTokens(RateKind.ImageOutput, imageOutput);

        sheet.AddCalls("web_search", Count(usage.WebSearchCalls), quote.Prices.PerUnit?.WebSearch);
        return sheet;
    }

    private static long Count(long? reported) => Math.Clamp(reported ?? 0, 0, MaxCount);

    /// <summary>Takes a part out of its whole: no token is priced twice, even if the part is reported larger than the whole.</summary>
    private static long TakeFrom(ref long whole, long? part)
    {
        var taken = Math.Min(whole, Count(part));
        whole -= taken;
        return taken;
    }

    private static decimal Dearest(in ApplicableRates rates, RateKind[] kinds)
    {
        var dearest = 0m;
        foreach (var kind in kinds)
        {
            dearest = Math.Max(dearest, rates.Of(kind, out _));
        }

        return dearest;
    }
}
