using Gateway.Infrastructure;
using Gateway.Infrastructure.Paging;
using Gateway.Proxy.Metering.Pricing;
using MediatR;

namespace Gateway.Features.Prices.ListPrices;

/// <summary>Answers from the prices in memory, because those are what requests are charged by.</summary>
internal sealed class ListPricesHandler(PriceDirectory prices, TimeProvider clock) : IRequestHandler<ListPricesRequest, Result<PagedList<PriceView>>>
{
    public Task<Result<PagedList<PriceView>>> Handle(ListPricesRequest request, CancellationToken cancellationToken)
    {
        var book = prices.Book;
        var now = clock.GetUtcNow().UtcDateTime;
        Platform[] platforms = PlatformNames.TryParse(request.Platform, out var only) ? [only] : Enum.GetValues<Platform>();
        var rows = platforms
            .SelectMany(platform => book.NamesOf(platform).Select(model => (Platform: platform, Model: model)))
            .Where(row => request.Search is null || row.Model.Contains(request.Search, StringComparison.OrdinalIgnoreCase))
            .Select(row => (row.Platform, row.Model, Quote: book.Find(row.Platform, row.Model, region: null, now)))
            .Where(row => request.Source is null || PriceSource.Of(row.Quote) == request.Source)
            .ToList();
        var page = rows.PageOf(request).Select(row => PriceView.Of(row.Platform, row.Model, row.Quote));
        return Task.FromResult<Result<PagedList<PriceView>>>(
            new PagedList<PriceView>([.. page], rows.Count, request.Page, request.PageSize));
    }
}
