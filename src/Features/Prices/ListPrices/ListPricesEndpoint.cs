using Carter;
using Gateway.Infrastructure.Paging;
using MediatR;

namespace Gateway.Features.Prices.ListPrices;

internal sealed class ListPricesEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/prices", Handle).WithName("ListPrices").WithTags("Prices");

    /// <inheritdoc cref="ListPricesRequest" path="/summary"/>
    public static async Task<Reply<PagedList<PriceInfo>>> Handle(
        [AsParameters] ListPricesRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
