using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Paging;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Features.Configs.ListConfigs;

/// <summary>Lists all settings that change while the gateway runs, by key.</summary>
/// <param name="Page">Number of the page, from 1.</param>
/// <param name="PageSize">Settings a page, 1 to 200; absent: 200, which is all of them.</param>
public sealed record ListConfigsRequest(
    [FromQuery(Name = "page")] int Page = 1,
    [FromQuery(Name = "page_size")] int PageSize = Paging.MostPageSize)
    : IRequest<Result<PagedList<ConfigItem>>>, IRequireRole, IPaged
{
    static Role IRequireRole.LeastRole => Role.Admin;
}
