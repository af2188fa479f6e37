using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Persistence;
using MediatR;

namespace Gateway.Features.Cache.DropCache;

internal sealed class DropCacheHandler(GatewayDbContext db, CacheRefresher caches) : IRequestHandler<DropCacheRequest, Result<Nothing>>
{
    public async Task<Result<Nothing>> Handle(DropCacheRequest request, CancellationToken cancellationToken)
    {
        var areas = caches.Droppable().Select(area => area.Area).Order(StringComparer.Ordinal).ToList();
        if (!areas.Contains(request.Area))
        {
            return GatewayError.NotFound($"There is no cache area '{request.Area}'. There are: {string.Join(", ", areas)}.");
        }

        db.Touch(request.Area);
        await db.SaveChangesAsync(cancellationToken);
        return Nothing.Value;
    }
}
