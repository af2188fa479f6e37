using Carter;
using MediatR;

namespace Gateway.Features.Cache.DropCache;

internal sealed class DropCacheEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapDelete("/api/admin/cache/{area}", Handle).WithName("DropCache").WithTags("Cache");

    /// <inheritdoc cref="DropCacheRequest" path="/summary"/>
    /// <param name="area">Name of the area, as GET /api/admin/cache shows it.</param>
    public static async Task<Reply<Nothing>> Handle(string area, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new DropCacheRequest(area), cancellationToken);
}
