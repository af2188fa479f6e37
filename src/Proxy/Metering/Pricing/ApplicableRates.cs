namespace Gateway.Proxy.Metering.Pricing;

/// <summary>The prices of one request, its tier and the length of its prompt being known.</summary>
internal readonly struct ApplicableRates
{
    private readonly ModelPrices _prices;
    private readonly TierRates? _tier;
    private readonly LongContextRates? _long;
    private readonly LongContextRates? _tierLong;
    private readonly decimal _multiplier;

    public ApplicableRates(ModelPrices prices, in ServiceTerms terms, long totalInputTokens)
    {
        _prices = prices;
        _tier = TierOf(prices, terms.Tier, out var tierKnown);
        if ((_tier?.LongContext ?? prices.LongContext) is { } threshold && totalInputTokens > threshold.ThresholdTokens)
        {
            _long = prices.LongContext;
            _tierLong = _tier?.LongContext;
        }

        _multiplier = MultiplierOf(prices.Multipliers, terms, out var speedKnown);
        IsComplete = tierKnown && speedKnown;
    }

    /// <summary>False when the tier or the speed has a price of its own that nobody told us.</summary>
    public bool IsComplete { get; }

    /// <summary>The price of a kind of token in US dollars per 1,000,000, multipliers included.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="exact">False when a price is missing and input's, or nothing, stands in.</param>
    public decimal Of(RateKind kind, out bool exact)
    {
        var rate = Listed(kind, out exact);
        if (rate is null && kind.PricedAs() is { } other)
        {
            rate = Listed(other, out exact);
        }

        if (rate is null)
        {
            rate = Listed(RateKind.Input, out _);
            exact = false;
        }

        return (rate ?? 0) * _multiplier;
    }

    /// <summary>Whether this kind has a price of its own.</summary>
    public bool Has(RateKind kind) => Listed(kind, out _) is not null;

    /// <summary>
    /// Long prompts in a tier with no prices for them move to the standard tier's. That is a makeshift where the tier lists the kind of token.
    /// </summary>
    private decimal? Listed(RateKind kind, out bool exact)
    {
        exact = true;
        if (_tierLong?.Of(kind) is { } tierLong)
        {
            return tierLong;
        }

        if (_long?.Of(kind) is { } standardLong)
        {
            exact = _tier?.Of(kind) is null;
            return standardLong;
        }

        return _tier?.Of(kind) ?? _prices.Of(kind);
    }

    /// <summary>
    /// OpenAI's <c>fast</c> is its priority tier under a newer name. <c>scale</c>, <c>reserved</c> and provisioned throughput are capacity
    /// paid for apart: what they cost at list price is the standard tier.
    /// </summary>
    private static TierRates? TierOf(ModelPrices prices, string? tier, out bool known)
    {
        var rates = Is(tier, "batch") ? prices.Batch
            : Is(tier, "flex") ? prices.Flex
            : Is(tier, "priority") || Is(tier, "fast") ? prices.Priority
            : null;
        known = rates is not null || string.IsNullOrEmpty(tier) || Is(tier, "standard") || Is(tier, "default") || Is(tier, "auto")
            || Is(tier, "on_demand") || Is(tier, "scale") || Is(tier, "reserved") || Is(tier, "provisioned_throughput");
        return rates;
    }

    private static decimal MultiplierOf(PriceMultipliers? multipliers, in ServiceTerms terms, out bool known)
    {
        var fast = Is(terms.Speed, "fast");
        known = !fast || multipliers?.Fast is not null;
        var speed = fast ? multipliers?.Fast : null;
        var geo = Is(terms.Geo, "us") ? multipliers?.Us : Is(terms.Geo, "eu") ? multipliers?.Eu : null;
        return (speed ?? 1) * (geo ?? 1);
    }

    private static bool Is(string? value, string name) => name.Equals(value, StringComparison.OrdinalIgnoreCase);
}
