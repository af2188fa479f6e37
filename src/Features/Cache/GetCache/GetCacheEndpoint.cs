using Carter;
using MediatR;

namespace Gateway.Features.Cache.GetCache;

internal sealed class GetCacheEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/cache", Handle).WithName("GetCache").WithTags("Cache");

    /// <inheritdoc cref="GetCacheRequest" path="/summary"/>
    public static async Task<Reply<GetCacheResponse>> Handle(IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new GetCacheRequest(), cancellationToken);
}
