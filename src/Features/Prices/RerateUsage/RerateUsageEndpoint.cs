using Carter;
using MediatR;

namespace Gateway.Features.Prices.RerateUsage;

internal sealed class RerateUsageEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/api/admin/prices/rerate", Handle).WithName("RerateUsage").WithTags("Prices");

    /// <inheritdoc cref="RerateUsageRequest" path="/summary"/>
    public static async Task<Reply<RerateUsageResponse>> Handle(RerateUsageRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
