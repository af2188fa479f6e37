using Gateway.Infrastructure.Caching;

namespace Gateway.Features.Cache;

internal static class DroppableAreas
{
    /// <summary>The areas that operators see. The key ring is none of them: it only ever grows, and what it holds is nobody's business.</summary>
    public static IEnumerable<ICachedArea> Droppable(this CacheRefresher caches) => caches.Areas.Where(area => area.Area != CacheArea.SecretKeys);
}
