using Gateway.Infrastructure;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Prices.GetPriceHistory;

internal sealed class GetPriceHistoryHandler(GatewayDbContext db) : IRequestHandler<GetPriceHistoryRequest, Result<PagedList<PriceEntry>>>
{
    public async Task<Result<PagedList<PriceEntry>>> Handle(GetPriceHistoryRequest request, CancellationToken cancellationToken)
    {
        if (!PlatformNames.TryParse(request.Platform, out var platform))
        {
            return PriceRows.NoSuchPlatform(request.Platform);
        }

        var newestFirst = await db.ModelPrices.AsNoTracking().OfModelAsync(platform, request.Model, cancellationToken);
        var page = newestFirst.PageOf(request).Select(PriceEntry.Of);
        return new PagedList<PriceEntry>([.. page], newestFirst.Count, request.Page, request.PageSize);
    }
}
