namespace Gateway.Proxy.Metering.Pricing;

/// <summary>
/// All prices of one model on one platform: those of the standard tier in US dollars per 1,000,000 tokens, and what departs from them.
/// </summary>
public record PriceSet : PriceRates
{
    /// <summary>Prices for long prompts; absent: the prompt's length does not matter.</summary>
    public LongContextRates? LongContext { get; init; }

    /// <summary>Prices of the batch tier.</summary>
    public TierRates? Batch { get; init; }

    /// <summary>Prices of the priority tier.</summary>
    public TierRates? Priority { get; init; }

    /// <summary>Prices of the flex tier.</summary>
    public TierRates? Flex { get; init; }

    /// <summary>Prices of what is not counted in tokens.</summary>
    public UnitPrices? PerUnit { get; init; }

    /// <summary>Factors for modes of processing.</summary>
    public PriceMultipliers? Multipliers { get; init; }
}
