using Gateway.Infrastructure.Caching;
using MediatR;

namespace Gateway.Features.Cache.GetCache;

internal sealed class GetCacheHandler(CacheRefresher caches, TimeProvider clock) : IRequestHandler<GetCacheRequest, Result<GetCacheResponse>>
{
    public Task<Result<GetCacheResponse>> Handle(GetCacheRequest request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var items = caches.Droppable()
            .OrderBy(area => area.Area, StringComparer.Ordinal)
            .Select(area => new CacheAreaInfo(area.Area, area.Entries, area.Hits, Math.Round(Math.Max(0, (now - (caches.LoadedAt(area.Area) ?? now)).TotalSeconds), 3)));
        return Task.FromResult<Result<GetCacheResponse>>(new GetCacheResponse([.. items]));
    }
}
