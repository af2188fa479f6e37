using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Paging;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Features.Prices.GetPriceHistory;

/// <summary>Lists an administrator's prices for exactly this name, newest first, with those to come and the ends of those that are over.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="Model">The model's name; may contain slashes, raw or as <c>%2F</c>.</param>
/// <param name="Page">Number of the page, from 1.</param>
/// <param name="PageSize">Rows per page, 1 to 200.</param>
public sealed record GetPriceHistoryRequest(
    [FromRoute(Name = "platform")] string Platform,
    [FromRoute(Name = "model")] string Model,
    [FromQuery(Name = "page")] int Page = 1,
    [FromQuery(Name = "page_size")] int PageSize = Paging.DefaultPageSize) : IRequest<Result<PagedList<PriceEntry>>>, IPaged, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.User;
}
