using Carter;
using MediatR;

namespace Gateway.Features.Sync.SyncUsage;

internal sealed class SyncUsageEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/api/admin/sync", Handle).WithName("SyncUsage").WithTags("Sync");

    /// <inheritdoc cref="SyncUsageRequest" path="/summary"/>
    public static async Task<Reply<SyncUsageResponse>> Handle(IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new SyncUsageRequest(), cancellationToken);
}
