using Carter;
using MediatR;

namespace Gateway.Features.Prices.GetRerating;

internal sealed class GetReratingEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/prices/rerate/{job_id}", Handle).WithName("GetRerating").WithTags("Prices");

    /// <inheritdoc cref="GetReratingRequest" path="/summary"/>
    public static async Task<Reply<ReratingView>> Handle([AsParameters] GetReratingRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
