using Gateway.Infrastructure.Json;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>Factors on every price per token. Several can apply to one request, and then all do.</summary>
[OmitNulls]
public sealed record PriceMultipliers
{
    /// <summary>The answer came in the maker's fast mode.</summary>
    public decimal? Fast { get; init; }

    /// <summary>Processing was pinned to the United States.</summary>
    public decimal? Us { get; init; }

    /// <summary>Processing was pinned to the European Union.</summary>
    public decimal? Eu { get; init; }
}
