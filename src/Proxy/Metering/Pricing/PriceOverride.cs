using Gateway.Infrastructure;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>An operator's prices for one model on one platform, from a moment on.</summary>
internal sealed record PriceOverride(long Id, Platform Platform, string Model, DateTime EffectiveFromUtc, ModelPrices Prices);
