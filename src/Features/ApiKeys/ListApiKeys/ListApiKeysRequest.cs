using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Paging;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Features.ApiKeys.ListApiKeys;

/// <summary>Lists API keys, newest first: all of them for an administrator, else the caller's own.</summary>
/// <param name="Search">Only keys whose name contains this, in upper or lower case, or whose <c>key_hint</c> does; at most 100 characters.</param>
/// <param name="UserId">Only keys of this user.</param>
/// <param name="Enabled">Only keys that are enabled, or only those that are not.</param>
/// <param name="Tag">Only keys with exactly this tag.</param>
/// <param name="Page">Number of the page, from 1.</param>
/// <param name="PageSize">Keys on a page, 1 to 200.</param>
public sealed record ListApiKeysRequest(
    [FromQuery(Name = "search")] string? Search = null,
    [FromQuery(Name = "user_id")] long? UserId = null,
    [FromQuery(Name = "enabled")] bool? Enabled = null,
    [FromQuery(Name = "tag")] string? Tag = null,
    [FromQuery(Name = "page")] int Page = 1,
    [FromQuery(Name = "page_size")] int PageSize = Paging.DefaultPageSize)
    : IRequest<Result<PagedList<ApiKeyView>>>, IRequireRole, IPaged
{
    static Role IRequireRole.LeastRole => Role.User;
}
