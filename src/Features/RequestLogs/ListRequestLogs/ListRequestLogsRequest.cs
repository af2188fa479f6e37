using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Paging;
using Gateway.Proxy.Metering.Queries;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Features.RequestLogs.ListRequestLogs;

/// <summary>Lists what happened to requests with a valid key, newest first, with those that are not synced to the database yet. Users see those of their own keys.</summary>
/// <param name="Cursor">The <c>next_cursor</c> of the page before; absent: the first page. The other parameters must stay the same.</param>
/// <param name="Limit">Requests a page, 1 to 200.</param>
/// <param name="From">Only requests from this time on: RFC 3339 (<c>2026-01-31T08:00:00Z</c>), or a date (<c>2026-01-31</c>), which means the start of that day in <c>tz</c>.</param>
/// <param name="To">Only requests before this time, in the same forms.</param>
/// <param name="Tz">IANA time zone of dates; default <c>UTC</c>.</param>
/// <param name="ApiKeyId">Only these API keys; may be repeated.</param>
/// <param name="UserId">Only keys of these users; may be repeated. For administrators.</param>
/// <param name="AccountId">Only requests that ended at these accounts; may be repeated. For administrators.</param>
/// <param name="Model">Only these models, as they were requested; may be repeated.</param>
/// <param name="Platform">Only these platforms, such as <c>claude</c>; may be repeated.</param>
/// <param name="HttpStatus">Only answers with this status, 100 to 599; may be repeated.</param>
/// <param name="ErrorKind">Only requests that failed so, such as <c>rate_limit</c>; may be repeated.</param>
/// <param name="RequestId">Only the request with this <c>x-request-id</c>; may be repeated.</param>
public sealed record ListRequestLogsRequest(
    [FromQuery(Name = "cursor")] string? Cursor = null,
    [FromQuery(Name = "limit")] int Limit = ListRequestLogsRequest.DefaultLimit,
    [FromQuery(Name = "from")] string? From = null,
    [FromQuery(Name = "to")] string? To = null,
    [FromQuery(Name = "tz")] string? Tz = null,
    [FromQuery(Name = "api_key_id")] long[]? ApiKeyId = null,
    [FromQuery(Name = "user_id")] long[]? UserId = null,
    [FromQuery(Name = "account_id")] long[]? AccountId = null,
    [FromQuery(Name = "model")] string[]? Model = null,
    [FromQuery(Name = "platform")] string[]? Platform = null,
    [FromQuery(Name = "http_status")] int[]? HttpStatus = null,
    [FromQuery(Name = "error_kind")] string[]? ErrorKind = null,
    [FromQuery(Name = "request_id")] Guid[]? RequestId = null)
    : IRequest<Result<CursorList<RequestLogView>>>, IRequireRole, IUsageFilterFields, ITimeRangeFields
{
    internal const int DefaultLimit = 50;

    static Role IRequireRole.LeastRole => Role.User;
}
