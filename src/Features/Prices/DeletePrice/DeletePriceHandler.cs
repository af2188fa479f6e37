using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using MediatR;

namespace Gateway.Features.Prices.DeletePrice;

internal sealed class DeletePriceHandler(GatewayDbContext db, TimeProvider clock) : IRequestHandler<DeletePriceRequest, Result<Nothing>>
{
    public async Task<Result<Nothing>> Handle(DeletePriceRequest request, CancellationToken cancellationToken)
    {
        if (!PlatformNames.TryParse(request.Platform, out var platform))
        {
            return PriceRows.NoSuchPlatform(request.Platform);
        }

        var now = clock.UtcNowMicroseconds();
        var newestFirst = await db.ModelPrices.OfModelAsync(platform, request.Model, cancellationToken);
        var toCome = newestFirst.FindAll(entry => entry.EffectiveFromUtc > now);
        var inForce = newestFirst.Find(entry => entry.EffectiveFromUtc <= now) is { Prices: not null };
        if (!inForce && toCome.TrueForAll(entry => entry.Prices is null))
        {
            return GatewayError.NotFound($"'{request.Model}' on {request.Platform} has no price of its own, in force or to come, that could end.");
        }

        // No request was priced by what had not begun; everything older stays as it is.
        db.ModelPrices.RemoveRange(toCome);
        if (inForce)
        {
            db.ModelPrices.Add(new ModelPriceOverride
            {
                Platform = platform,
                Model = request.Model,
                EffectiveFromUtc = now,
                Prices = null,
                CreatedAtUtc = now,
            });
        }

        await db.SaveChangesAsync(cancellationToken);
        return Nothing.Value;
    }
}
