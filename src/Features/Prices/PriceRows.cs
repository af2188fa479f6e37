using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering.Pricing;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Prices;

internal static class PriceRows
{
    /// <summary>
    /// All entries of one model, newest first. Names are compared here as a look-up of a price compares them, which no collation does on both
    /// databases; what one platform has was typed by hand or by a script of the operator's, and is little.
    /// </summary>
    public static async Task<List<ModelPriceOverride>> OfModelAsync(
        this IQueryable<ModelPriceOverride> rows, Platform platform, string model, CancellationToken cancellationToken)
    {
        var ofPlatform = await rows.Where(row => row.Platform == platform).ToListAsync(cancellationToken);
        return
        [
            .. ofPlatform
                .Where(row => PriceOverrides.IsSameName(platform, row.Model, model))
                .OrderByDescending(row => row.EffectiveFromUtc)
                .ThenByDescending(row => row.Id),
        ];
    }

    public static GatewayError NoSuchPlatform(string name) =>
        GatewayError.NotFound($"There is no platform '{name}'. Platforms are: {string.Join(", ", PlatformNames.All)}.");
}
