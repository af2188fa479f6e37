using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Cache.GetCache;

/// <summary>Shows what the instance that answers keeps in memory.</summary>
public sealed record GetCacheRequest : IRequest<Result<GetCacheResponse>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}

/// <summary>The caches of one instance.</summary>
/// <param name="Items">One entry for each area, by name.</param>
public sealed record GetCacheResponse(IReadOnlyList<CacheAreaInfo> Items);
