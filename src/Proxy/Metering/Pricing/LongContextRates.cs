namespace Gateway.Proxy.Metering.Pricing;

/// <summary>Prices of a whole request whose prompt exceeds a threshold. A price not listed stays as it is below the threshold.</summary>
public sealed record LongContextRates : PriceRates
{
    /// <summary>The longest prompt that still has the ordinary prices: uncached, cache-read and cache-written tokens.</summary>
    public long ThresholdTokens { get; init; }
}
