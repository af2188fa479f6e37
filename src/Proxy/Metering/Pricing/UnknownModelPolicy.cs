namespace Gateway.Proxy.Metering.Pricing;

/// <summary>What a request costs whose model nobody has a price for.</summary>
internal enum UnknownModelKind
{
    /// <summary>Set prices above those of ordinary models, so that nothing is given away.</summary>
    Ceiling,

    /// <summary>The model is not served.</summary>
    Refuse,

    /// <summary>Nothing.</summary>
    Free,
}

/// <summary>The operator's choice for models without a price.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="InputUsd">US dollars per 1,000,000 input tokens of every kind, cached or not.</param>
/// <param name="OutputUsd">US dollars per 1,000,000 output tokens.</param>
internal sealed record UnknownModelPolicy(UnknownModelKind Kind, decimal InputUsd, decimal OutputUsd)
{
    public static UnknownModelPolicy Default { get; } = new(UnknownModelKind.Ceiling, 15, 75);

    public PriceQuote ToQuote() => Kind switch
    {
        UnknownModelKind.Ceiling => Quote("policy:ceiling", InputUsd, OutputUsd),
        UnknownModelKind.Refuse => Quote("policy:refuse", InputUsd, OutputUsd),
        UnknownModelKind.Free => Quote("policy:free", 0, 0),
        _ => throw new InvalidOperationException($"Unknown policy {Kind}."),
    };

    private PriceQuote Quote(string version, decimal input, decimal output) => new()
    {
        Version = version,
        Unpriced = true,
        Refused = Kind == UnknownModelKind.Refuse,
        Prices = new ModelPrices
        {
            Input = input,
            CacheRead = input,
            CacheWrite5m = input,
            CacheWrite1h = input,
            Output = output,
        },
    };
}
