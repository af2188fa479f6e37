using System.Diagnostics.CodeAnalysis;
using Gateway.Infrastructure.Auth;
using Gateway.Proxy.Metering.Queries;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Features.Usage.SummarizeUsage;

/// <summary>Adds up usage over a range of time, with what is not synced to the database yet. Users see the usage of their own keys.</summary>
/// <param name="From">Start of the range: RFC 3339 (<c>2026-01-31T08:00:00Z</c>), or a date (<c>2026-01-31</c>), which means the start of that day in <c>tz</c>; default: 7 whole days up to <c>to</c>.</param>
/// <param name="To">End of the range, itself not part of it, in the same forms; default: the end of today in <c>tz</c>.</param>
/// <param name="Tz">IANA time zone of dates and days; default <c>UTC</c>.</param>
/// <param name="GroupBy"><c>day</c>, <c>hour</c> (UTC), <c>model</c>, <c>platform</c>, <c>account</c>, <c>api_key</c> or <c>user</c>; absent: one item for everything. <c>account</c> and <c>user</c> are for administrators.</param>
/// <param name="ApiKeyId">Only these API keys; may be repeated.</param>
/// <param name="UserId">Only keys of these users; may be repeated. For administrators.</param>
/// <param name="AccountId">Only requests that these accounts served; may be repeated. For administrators.</param>
/// <param name="Model">Only these models, as they were requested; may be repeated.</param>
/// <param name="Platform">Only these platforms, such as <c>claude</c>; may be repeated.</param>
/// <param name="Limit">The most items, 1 to 1000; what is left is added up in one more item with the key <c>other</c>. Days and hours are never left out.</param>
public sealed record SummarizeUsageRequest(
    [FromQuery(Name = "from")] string? From = null,
    [FromQuery(Name = "to")] string? To = null,
    [FromQuery(Name = "tz")] string? Tz = null,
    [FromQuery(Name = "group_by")] string? GroupBy = null,
    [FromQuery(Name = "api_key_id")] long[]? ApiKeyId = null,
    [FromQuery(Name = "user_id")] long[]? UserId = null,
    [FromQuery(Name = "account_id")] long[]? AccountId = null,
    [FromQuery(Name = "model")] string[]? Model = null,
    [FromQuery(Name = "platform")] string[]? Platform = null,
    [FromQuery(Name = "limit")] int Limit = SummarizeUsageRequest.DefaultLimit)
    : IRequest<Result<SummarizeUsageResponse>>, IRequireRole, IUsageFilterFields, ITimeRangeFields
{
    internal const int DefaultLimit = 100;

    static Role IRequireRole.LeastRole => Role.User;
}

/// <summary>Usage by group.</summary>
/// <param name="Items">Days and hours ascending, those without usage too; other groups by what they were billed, most first. Empty when nothing was used.</param>
/// <param name="Totals">The sum of all groups.</param>
public sealed record SummarizeUsageResponse(IReadOnlyList<UsageSummary> Items, UsageAmounts Totals);

/// <summary>Usage of one group.</summary>
public sealed record UsageSummary : UsageAmounts
{
    [SetsRequiredMembers]
    internal UsageSummary(string key, string label, UsageSums sums, bool showsCost)
        : base(sums, showsCost)
    {
        Key = key;
        Label = label;
    }

    /// <summary>The day (<c>2026-01-31</c>), the hour (<c>2026-01-31T08:00:00Z</c>), the name or the id of the group; <c>total</c> without <c>group_by</c>, <c>other</c> for what the limit left out.</summary>
    public required string Key { get; init; }

    /// <summary>The name to show, also of keys, users and accounts that were deleted.</summary>
    public required string Label { get; init; }
}
