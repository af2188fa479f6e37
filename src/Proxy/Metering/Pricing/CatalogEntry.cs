using Gateway.Infrastructure;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>One model as the shipped files price it.</summary>
/// <param name="Model">The canonical name.</param>
/// <param name="Platforms">Where these prices hold; never <see cref="Platform.ClaudeCcr"/>, which costs what Claude costs.</param>
/// <param name="Aliases">Other names with exactly the same prices: dated snapshots, ids with a region.</param>
/// <param name="Deprecated">The day of withdrawal, where the source gives one.</param>
/// <param name="Prices">The prices.</param>
/// <param name="Version">Names the file and its date, such as <c>catalogue:2026-08-01</c>.</param>
internal sealed record CatalogEntry(
    string Model,
    IReadOnlyList<Platform> Platforms,
    IReadOnlyList<string> Aliases,
    DateOnly? Deprecated,
    ModelPrices Prices,
    string Version);
