using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Paging;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Features.ModelAliases.ListModelAliases;

/// <summary>Lists the global aliases by name.</summary>
/// <param name="Page">Number of the page, from 1.</param>
/// <param name="PageSize">Aliases a page, 1 to 200.</param>
public sealed record ListModelAliasesRequest(
    [FromQuery(Name = "page")] int Page = 1,
    [FromQuery(Name = "page_size")] int PageSize = Paging.DefaultPageSize)
    : IRequest<Result<PagedList<ModelAliasView>>>, IRequireRole, IPaged
{
    static Role IRequireRole.LeastRole => Role.User;
}
