using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Paging;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Features.Prices.ListPrices;

/// <summary>Lists what models cost now, by platform and name. A price to come is in the model's history.</summary>
/// <param name="Page">Number of the page, from 1.</param>
/// <param name="PageSize">Rows per page, 1 to 200.</param>
/// <param name="Platform">Only prices on this platform.</param>
/// <param name="Search">Only models whose name contains this, in upper or lower case; at most 200 characters.</param>
/// <param name="Source">Only prices from here: <c>catalogue</c>, <c>supplement</c>, <c>override</c> or <c>policy</c>.</param>
public sealed record ListPricesRequest(
    [FromQuery(Name = "page")] int Page = 1,
    [FromQuery(Name = "page_size")] int PageSize = Paging.DefaultPageSize,
    [FromQuery(Name = "platform")] string? Platform = null,
    [FromQuery(Name = "search")] string? Search = null,
    [FromQuery(Name = "source")] string? Source = null) : IRequest<Result<PagedList<PriceView>>>, IPaged, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.User;
}
