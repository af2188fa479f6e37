using Gateway.Infrastructure;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>An operator's prices for one model on one platform, from a moment on.</summary>
/// <param name="Id">The row's identifier.</param>
/// <param name="Platform">Where they hold.</param>
/// <param name="Model">The model's name, as the operator wrote it.</param>
/// <param name="EffectiveFromUtc">The first moment at which they hold.</param>
/// <param name="Prices">The prices; null ends the earlier ones, so that from here on the shipped price counts again.</param>
internal sealed record PriceOverride(long Id, Platform Platform, string Model, DateTime EffectiveFromUtc, ModelPrices? Prices)
{
    /// <summary>What a record that was priced so names as the origin of its price.</summary>
    public static string Version(long id) => $"override:{id}";
}
