using Carter;
using MediatR;

namespace Gateway.Features.Prices.SetPrice;

internal sealed class SetPriceEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPut("/api/admin/prices/{platform}/{**model}", Handle).WithName("SetPrice").WithTags("Prices");

    /// <inheritdoc cref="SetPriceRequest" path="/summary"/>
    public static async Task<Reply<PriceEntry>> Handle(
        string platform, string model, SetPriceRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request with { Platform = platform, Model = ModelInPath.DecodeSlashes(model) }, cancellationToken);
}
