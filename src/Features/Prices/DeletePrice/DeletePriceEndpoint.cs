using Carter;
using Gateway.Infrastructure.Http;
using MediatR;

namespace Gateway.Features.Prices.DeletePrice;

internal sealed class DeletePriceEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapDelete("/api/admin/prices/{platform}/{**model}", Handle).WithName("DeletePrice").WithTags("Prices");

    /// <inheritdoc cref="DeletePriceRequest" path="/summary"/>
    /// <param name="platform">The platform.</param>
    /// <param name="model">The model's name; may contain slashes, raw or as <c>%2F</c>.</param>
    public static async Task<Reply<Nothing>> Handle(string platform, string model, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new DeletePriceRequest(platform, ModelInPath.Decode(model)), cancellationToken);
}
