using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering.Pricing;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Prices.SetPrice;

internal sealed class SetPriceHandler(GatewayDbContext db, TimeProvider clock) : IRequestHandler<SetPriceRequest, Result<PriceEntry>>
{
    public async Task<Result<PriceEntry>> Handle(SetPriceRequest request, CancellationToken cancellationToken)
    {
        if (!PlatformNames.TryParse(request.Platform, out var platform))
        {
            return PriceRows.NoSuchPlatform(request.Platform);
        }

        var now = clock.UtcNowMicroseconds();
        var effectiveFrom = request.EffectiveFrom?.CutToMicroseconds() ?? now;
        var entries = await db.ModelPrices.AsNoTracking().OfModelAsync(platform, request.Model, cancellationToken);
        if (entries.Exists(entry => entry.EffectiveFromUtc == effectiveFrom))
        {
            return GatewayError.Conflict(
                $"'{request.Model}' on {request.Platform} already has an entry effective from {effectiveFrom:O}, and entries are never changed. Choose another moment.");
        }

        var prices = new ModelPrices(request.Prices) { ContextWindow = request.ContextWindow, MaxOutputTokens = request.MaxOutputTokens };
        var added = new ModelPriceOverride
        {
            Platform = platform,
            Model = request.Model,
            EffectiveFromUtc = effectiveFrom,
            Prices = JsonSerializer.Serialize(prices, PriceJson.Default.ModelPrices),
            CreatedAtUtc = now,
        };
        db.ModelPrices.Add(added);
        await db.SaveChangesAsync(cancellationToken);
        return PriceEntry.Of(added);
    }
}
