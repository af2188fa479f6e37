namespace Gateway.Proxy.Metering.Pricing;

/// <summary>Prices of one service tier. A price not listed stays at that of the standard tier.</summary>
public sealed record TierRates : PriceRates
{
    /// <summary>This tier's prices for long prompts; absent: those of the standard tier.</summary>
    public LongContextRates? LongContext { get; init; }
}
