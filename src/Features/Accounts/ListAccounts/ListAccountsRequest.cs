using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Paging;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Features.Accounts.ListAccounts;

/// <summary>Lists accounts, newest first.</summary>
/// <param name="Page">Number of the page, from 1.</param>
/// <param name="PageSize">Rows per page, 1 to 200.</param>
/// <param name="Platform">Only accounts at this platform.</param>
/// <param name="Group">Only accounts of this group.</param>
/// <param name="Enabled">Only accounts that are enabled, or only those that are not.</param>
/// <param name="Status">Only accounts whose <c>status</c> is this now.</param>
/// <param name="Search">Only accounts whose name contains this, in upper or lower case; at most 100 characters.</param>
public sealed record ListAccountsRequest(
    [FromQuery(Name = "page")] int Page = 1,
    [FromQuery(Name = "page_size")] int PageSize = Paging.DefaultPageSize,
    [FromQuery(Name = "platform")] string? Platform = null,
    [FromQuery(Name = "group")] string? Group = null,
    [FromQuery(Name = "enabled")] bool? Enabled = null,
    [FromQuery(Name = "status")] string? Status = null,
    [FromQuery(Name = "search")] string? Search = null) : IRequest<Result<PagedList<AccountView>>>, IPaged, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}
