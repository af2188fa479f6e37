using Carter;
using MediatR;

namespace Gateway.Features.Gadgets.CreateGadget;

internal sealed class CreateGadgetEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/api/admin/gadgets", Handle).WithName("CreateGadget").WithTags("Gadgets");

    /// <inheritdoc cref="CreateGadgetRequest" path="/summary"/>
    public static async Task<Reply<CreateGadgetResponse>> Handle(
        CreateGadgetRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
