using Gateway.Infrastructure;
using Gateway.Proxy.Metering.Pricing;

namespace Gateway.Tests.Proxy.Metering.Pricing;

/// <summary>The shipped prices, read once for all tests.</summary>
internal static class Shipped
{
    public static readonly DateTime Now = new(2026, 11, 23, 12, 0, 0, DateTimeKind.Utc);

    public static PriceCatalog Catalog { get; } = PriceCatalog.LoadShipped();

    public static PriceBook Book { get; } = BookWith();

    public static PriceBook BookWith(params PriceOverride[] overrides) => new(Catalog, overrides, UnknownModelPolicy.Default);

    public static PriceQuote Find(Platform platform, string model, string? region = null) => Book.Find(platform, model, region, Now);

    /// <summary>A quote for prices that no file has.</summary>
    public static PriceQuote Quote(ModelPrices prices) => new() { Prices = prices, Version = "test:1" };
}
