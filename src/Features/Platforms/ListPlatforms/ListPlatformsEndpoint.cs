using Carter;
using Gateway.Infrastructure.Pipeline;
using Gateway.Proxy.Platforms;
using MediatR;

namespace Gateway.Features.Platforms.ListPlatforms;

internal sealed class ListPlatformsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/platforms", Handle).WithName("ListPlatforms").WithTags("Platforms").RefuseUnknownQuery<ListPlatformsRequest>();

    /// <inheritdoc cref="ListPlatformsRequest" path="/summary"/>
    public static async Task<Reply<PlatformDescription[]>> Handle(IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new ListPlatformsRequest(), cancellationToken);
}
