using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering.Pricing;

namespace Gateway.Features.Prices;

/// <summary>An administrator's price for a model, from a moment on until the next entry's.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="Model">The model's name, as the administrator wrote it.</param>
/// <param name="Version">What usage records name as the origin of their price, such as <c>override:17</c>.</param>
/// <param name="EffectiveFrom">The first moment at which it counts, UTC.</param>
/// <param name="Prices">The prices; null: from here on the shipped price counts again.</param>
/// <param name="ContextWindow">The most input tokens that the model accepts; null: as shipped.</param>
/// <param name="MaxOutputTokens">The most output tokens that the model gives; null: as shipped.</param>
/// <param name="CreatedAt">When it was entered, UTC.</param>
public sealed record PriceEntry(
    string Platform,
    string Model,
    string Version,
    DateTime EffectiveFrom,
    PriceSet? Prices,
    long? ContextWindow,
    long? MaxOutputTokens,
    DateTime CreatedAt)
{
    internal static PriceEntry Of(ModelPriceOverride row)
    {
        var prices = row.Prices is { } json ? JsonSerializer.Deserialize(json, PriceJson.Default.ModelPrices) : null;
        return new PriceEntry(
            row.Platform.Name(),
            row.Model,
            PriceOverride.Version(row.Id),
            row.EffectiveFromUtc,
            prices,
            prices?.ContextWindow,
            prices?.MaxOutputTokens,
            row.CreatedAtUtc);
    }
}
