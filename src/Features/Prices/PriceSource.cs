using Gateway.Proxy.Metering.Pricing;

namespace Gateway.Features.Prices;

/// <summary>Who says what a model costs.</summary>
internal static class PriceSource
{
    public static IReadOnlyList<string> All { get; } = ["catalogue", "supplement", "override", "policy"];

    /// <summary>A version names its source before the colon.</summary>
    public static string Of(PriceQuote quote) => quote.Version[..quote.Version.IndexOf(':')];
}
