using Gateway.Infrastructure;
using Gateway.Proxy.Metering.Pricing;

namespace Gateway.Features.Prices;

/// <summary>What a model costs on a platform now.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="Model">The model's name there. A name with a region, such as <c>eu-west-1/…</c>, is priced for that region only.</param>
/// <param name="PricedAs">The name whose prices these are: another one where the model is an alias.</param>
/// <param name="Source"><c>catalogue</c> or <c>supplement</c>: shipped with the gateway. <c>override</c>: an administrator's. <c>policy</c>: the model only has an administrator's price to come, and until then costs what models without a price do.</param>
/// <param name="Version">What usage records name as the origin of their price, such as <c>catalogue:2026-08-01</c> or <c>override:17</c>.</param>
/// <param name="EffectiveFrom">Since when an administrator's price holds, UTC; null: it is not an administrator's.</param>
/// <param name="Overridden">Whether an administrator's price is in force, be it through <c>priced_as</c>, or through <c>claude</c> for <c>claude_ccr</c>.</param>
/// <param name="Prices">The prices.</param>
/// <param name="Mode">What the model is for, such as <c>chat</c> or <c>embedding</c>; null: not known.</param>
/// <param name="ContextWindow">The most input tokens that the model accepts; null: not known.</param>
/// <param name="MaxOutputTokens">The most output tokens that the model gives; null: not known.</param>
public sealed record PriceView(
    string Platform,
    string Model,
    string? PricedAs,
    string Source,
    string Version,
    DateTime? EffectiveFrom,
    bool Overridden,
    PriceSet Prices,
    string? Mode,
    long? ContextWindow,
    long? MaxOutputTokens)
{
    internal static PriceView Of(Platform platform, string model, PriceQuote quote) => new(
        platform.Name(),
        model,
        quote.Model,
        PriceSource.Of(quote),
        quote.Version,
        quote.EffectiveFromUtc,
        quote.EffectiveFromUtc is not null,
        quote.Prices,
        quote.Prices.Mode,
        quote.Prices.ContextWindow,
        quote.Prices.MaxOutputTokens);
}
