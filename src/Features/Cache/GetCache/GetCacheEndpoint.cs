using Carter;
using Gateway.Infrastructure.Pipeline;
using MediatR;

namespace Gateway.Features.Cache.GetCache;

internal sealed class GetCacheEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/cache", Handle).WithName("GetCache").WithTags("Cache").RefuseUnknownQuery<GetCacheRequest>();

    /// <inheritdoc cref="GetCacheRequest" path="/summary"/>
    public static async Task<Reply<GetCacheResponse>> Handle(IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new GetCacheRequest(), cancellationToken);
}
