using Carter;
using Gateway.Infrastructure.Http;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Pipeline;
using MediatR;

namespace Gateway.Features.Prices.GetPriceHistory;

internal sealed class GetPriceHistoryEndpoint : ICarterModule
{
    private const string Suffix = "/history";

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapGet($"/api/admin/prices/{{platform}}/{{model}}{Suffix}", Handle).WithName("GetPriceHistory").WithTags("Prices")
            .RefuseUnknownQuery<GetPriceHistoryRequest>();

        // A name with raw slashes needs a catch-all, which must be a route's last part: so it takes the suffix along.
        app.MapGet($"/api/admin/prices/{{platform}}/{{**model:regex(.{Suffix}$)}}", HandleSlashes).ExcludeFromDescription()
            .RefuseUnknownQuery<GetPriceHistoryRequest>();
    }

    /// <inheritdoc cref="GetPriceHistoryRequest" path="/summary"/>
    public static async Task<Reply<PagedList<PriceEntry>>> Handle(
        [AsParameters] GetPriceHistoryRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request with { Model = ModelInPath.Decode(request.Model) }, cancellationToken);

    private static Task<Reply<PagedList<PriceEntry>>> HandleSlashes(
        [AsParameters] GetPriceHistoryRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        Handle(request with { Model = request.Model[..^Suffix.Length] }, mediator, cancellationToken);
}
