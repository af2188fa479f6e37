using Carter;
using MediatR;

namespace Gateway.Features.Scheduling.ExplainChoice;

internal sealed class ExplainChoiceEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/api/admin/scheduler/explain", Handle).WithName("ExplainChoice").WithTags("Scheduler");

    /// <inheritdoc cref="ExplainChoiceRequest" path="/summary"/>
    public static async Task<Reply<ExplainChoiceResponse>> Handle(ExplainChoiceRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
