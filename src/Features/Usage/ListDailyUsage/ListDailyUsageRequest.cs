using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Paging;
using Gateway.Proxy.Metering.Queries;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Features.Usage.ListDailyUsage;

/// <summary>Lists daily sums of usage by API key, account and model, newest day first, with what is not synced to the database yet. Users see their own keys, all accounts added up.</summary>
/// <param name="From">First UTC day, such as <c>2026-01-31</c>; default: 30 days up to <c>to</c>.</param>
/// <param name="To">The UTC day after the last one; default: tomorrow.</param>
/// <param name="ApiKeyId">Only these API keys; may be repeated.</param>
/// <param name="UserId">Only keys of these users; may be repeated. For administrators.</param>
/// <param name="AccountId">Only these accounts; may be repeated. For administrators.</param>
/// <param name="Model">Only these models, as they were requested; may be repeated.</param>
/// <param name="Platform">Only these platforms, such as <c>claude</c>; may be repeated.</param>
/// <param name="Page">Number of the page, from 1.</param>
/// <param name="PageSize">Rows a page, 1 to 200.</param>
public sealed record ListDailyUsageRequest(
    [FromQuery(Name = "from")] string? From = null,
    [FromQuery(Name = "to")] string? To = null,
    [FromQuery(Name = "api_key_id")] long[]? ApiKeyId = null,
    [FromQuery(Name = "user_id")] long[]? UserId = null,
    [FromQuery(Name = "account_id")] long[]? AccountId = null,
    [FromQuery(Name = "model")] string[]? Model = null,
    [FromQuery(Name = "platform")] string[]? Platform = null,
    [FromQuery(Name = "page")] int Page = 1,
    [FromQuery(Name = "page_size")] int PageSize = Paging.DefaultPageSize)
    : IRequest<Result<PagedList<DailyUsageView>>>, IRequireRole, IUsageFilterFields, IPaged
{
    static Role IRequireRole.LeastRole => Role.User;

    internal static bool TryParseDay(string? text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}

/// <summary>Usage of one day.</summary>
public sealed record DailyUsageView : UsageAmounts
{
    [SetsRequiredMembers]
    internal DailyUsageView(DailyKey key, UsageSums sums, bool isAdmin)
        : base(sums, isAdmin)
    {
        Day = key.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        ApiKeyId = key.ApiKeyId;
        AccountId = isAdmin ? key.AccountId : null;
        Model = key.Model;
    }

    /// <summary>The UTC day.</summary>
    public required string Day { get; init; }

    /// <summary>The API key that was used.</summary>
    public required long ApiKeyId { get; init; }

    /// <summary>The account that served the requests. Absent unless the caller is an administrator.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? AccountId { get; init; }

    /// <summary>The model as it was requested.</summary>
    public required string Model { get; init; }
}
