using Carter;
using MediatR;

namespace Gateway.Features.Sync.GetSync;

internal sealed class GetSyncEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/sync", Handle).WithName("GetSync").WithTags("Sync");

    /// <inheritdoc cref="GetSyncRequest" path="/summary"/>
    public static async Task<Reply<GetSyncResponse>> Handle(IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new GetSyncRequest(), cancellationToken);
}
