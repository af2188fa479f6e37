namespace Gateway.Proxy.Metering.Pricing;

/// <summary>The prices found for a name, and how sure they are. Immutable; every look-up of a name hands out the same one.</summary>
internal sealed class PriceQuote
{
    private PriceQuote? _estimate;

    public required ModelPrices Prices { get; init; }

    /// <summary>
    /// What a stored record names as the origin of its price: <c>catalogue:2026-08-01</c>, <c>override:17</c>, <c>policy:ceiling</c>. At most
    /// 64 characters.
    /// </summary>
    public required string Version { get; init; }

    /// <summary>The name whose prices these are; null where no model's are.</summary>
    public string? Model { get; init; }

    /// <summary>Since when the operator's price holds; null for a price that is not the operator's.</summary>
    public DateTime? EffectiveFromUtc { get; init; }

    /// <summary>A close relative's prices: the true ones can differ.</summary>
    public bool Estimated { get; private init; }

    /// <summary>Nobody knows this model's prices; the policy for unknown models sets them.</summary>
    public bool Unpriced { get; init; }

    /// <summary>The policy says not to serve the model. The prices are then the ceiling's: a request already sent is not free.</summary>
    public bool Refused { get; init; }

    /// <summary>The same prices, marked as a close relative's.</summary>
    public PriceQuote AsEstimate() => Estimated ? this : _estimate ??= new PriceQuote
    {
        Prices = Prices,
        Version = Version,
        Model = Model,
        EffectiveFromUtc = EffectiveFromUtc,
        Estimated = true,
    };
}
