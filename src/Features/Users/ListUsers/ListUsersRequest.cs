using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Paging;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Features.Users.ListUsers;

/// <summary>Lists users, newest first.</summary>
/// <param name="Search">Only users whose name or e-mail address contains this, in upper or lower case; at most 100 characters.</param>
/// <param name="Role">Only users of this role: <c>admin</c> or <c>user</c>.</param>
/// <param name="Enabled">Only users who are enabled, or only those who are not.</param>
/// <param name="Page">Number of the page, from 1.</param>
/// <param name="PageSize">Users a page, 1 to 200.</param>
public sealed record ListUsersRequest(
    [FromQuery(Name = "search")] string? Search = null,
    [FromQuery(Name = "role")] string? Role = null,
    [FromQuery(Name = "enabled")] bool? Enabled = null,
    [FromQuery(Name = "page")] int Page = 1,
    [FromQuery(Name = "page_size")] int PageSize = Paging.DefaultPageSize)
    : IRequest<Result<PagedList<UserView>>>, IRequireRole, IPaged
{
    static Role IRequireRole.LeastRole => Infrastructure.Auth.Role.Admin;
}
