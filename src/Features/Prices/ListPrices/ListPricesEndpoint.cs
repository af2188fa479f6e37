using Carter;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Pipeline;
using MediatR;

namespace Gateway.Features.Prices.ListPrices;

internal sealed class ListPricesEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/prices", Handle).WithName("ListPrices").WithTags("Prices").RefuseUnknownQuery<ListPricesRequest>();

    /// <inheritdoc cref="ListPricesRequest" path="/summary"/>
    public static async Task<Reply<PagedList<PriceView>>> Handle(
        [AsParameters] ListPricesRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
