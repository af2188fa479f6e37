using Carter;
using MediatR;

namespace Gateway.Features.Usage.RebuildTotals;

internal sealed class RebuildTotalsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/api/admin/usage/rebuild", Handle).WithName("RebuildTotals").WithTags("Usage");

    /// <inheritdoc cref="RebuildTotalsRequest" path="/summary"/>
    public static async Task<Reply<RebuildTotalsResponse>> Handle(RebuildTotalsRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
