using Carter;
using Gateway.Infrastructure.Http;
using MediatR;

namespace Gateway.Features.Prices.SetPrice;

internal sealed class SetPriceEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPut("/api/admin/prices/{platform}/{**model}", Handle).WithName("SetPrice").WithTags("Prices");

    /// <inheritdoc cref="SetPriceRequest" path="/summary"/>
    /// <param name="platform">The platform.</param>
    /// <param name="model">The model's name; may contain slashes, raw or as <c>%2F</c>.</param>
    public static async Task<Reply<PriceEntry>> Handle(
        string platform, string model, SetPriceRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request with { Platform = platform, Model = ModelInPath.Decode(model) }, cancellationToken);
}
