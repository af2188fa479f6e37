using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Paging;
using Gateway.Proxy.Metering.Queries;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Features.Usage.ListUsageRecords;

/// <summary>Lists usage records, newest first, with those that are not synced to the database yet. Users see those of their own keys.</summary>
/// <param name="Cursor">The <c>next_cursor</c> of the page before; absent: the first page. The other parameters must stay the same.</param>
/// <param name="Limit">Records a page, 1 to 200. An export has no pages.</param>
/// <param name="Format"><c>json</c>, or <c>csv</c> for a file of all matching records; default <c>json</c>.</param>
/// <param name="From">Only requests from this time on: RFC 3339 (<c>2026-01-31T08:00:00Z</c>), or a date (<c>2026-01-31</c>), which means the start of that day in <c>tz</c>.</param>
/// <param name="To">Only requests before this time, in the same forms.</param>
/// <param name="Tz">IANA time zone of dates; default <c>UTC</c>.</param>
/// <param name="ApiKeyId">Only these API keys; may be repeated.</param>
/// <param name="UserId">Only keys of these users; may be repeated. For administrators.</param>
/// <param name="AccountId">Only requests that these accounts served; may be repeated. For administrators.</param>
/// <param name="Model">Only these models, as they were requested; may be repeated.</param>
/// <param name="Platform">Only these platforms, such as <c>claude</c>; may be repeated.</param>
/// <param name="Status">Only <c>completed</c>, <c>client_aborted</c> or <c>upstream_failed</c> requests; may be repeated.</param>
public sealed record ListUsageRecordsRequest(
    [FromQuery(Name = "cursor")] string? Cursor = null,
    [FromQuery(Name = "limit")] int Limit = ListUsageRecordsRequest.DefaultLimit,
    [FromQuery(Name = "format")] string? Format = null,
    [FromQuery(Name = "from")] string? From = null,
    [FromQuery(Name = "to")] string? To = null,
    [FromQuery(Name = "tz")] string? Tz = null,
    [FromQuery(Name = "api_key_id")] long[]? ApiKeyId = null,
    [FromQuery(Name = "user_id")] long[]? UserId = null,
    [FromQuery(Name = "account_id")] long[]? AccountId = null,
    [FromQuery(Name = "model")] string[]? Model = null,
    [FromQuery(Name = "platform")] string[]? Platform = null,
    [FromQuery(Name = "status")] string[]? Status = null)
    : IRequest<Result<CursorList<UsageRecordView>>>, IRequireRole, IUsageFilterFields, ITimeRangeFields
{
    internal const int DefaultLimit = 50;
    internal const string Json = "json";
    internal const string Csv = "csv";

    /// <summary>Rows that an export reads at once: enough to make few queries, little enough to hold in memory.</summary>
    internal const int ExportRows = 2000;

    internal bool IsExport => Format == Csv;

    internal int Most => IsExport ? ExportRows : Limit;

    static Role IRequireRole.LeastRole => Role.User;
}
