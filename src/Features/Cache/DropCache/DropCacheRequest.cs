using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Cache.DropCache;

/// <summary>Makes every instance load an area from the database again: this one before it answers, the others within 2 seconds.</summary>
/// <param name="Area">Name of the area.</param>
public sealed record DropCacheRequest(string Area) : IRequest<Result<Nothing>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}
