using FluentValidation;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Time;

namespace Gateway.Proxy.Metering.Queries;

/// <summary>A message that filters requests. Every field may have several values, one of which must match; null or empty: all.</summary>
internal interface IUsageFilterFields
{
    long[]? ApiKeyId { get; }

    long[]? UserId { get; }

    long[]? AccountId { get; }

    string[]? Model { get; }

    string[]? Platform { get; }
}

/// <summary>A message that is about a range of time.</summary>
internal interface ITimeRangeFields
{
    string? From { get; }

    string? To { get; }

    string? Tz { get; }
}

internal static class UsageFilterFields
{
    private const int MostValues = 100;

    public static void AddUsageFilterRules<T>(this AbstractValidator<T> validator)
        where T : IUsageFilterFields
    {
        validator.RuleFor(r => r.ApiKeyId).Ids();
        validator.RuleFor(r => r.UserId).Ids();
        validator.RuleFor(r => r.AccountId).Ids();
        validator.RuleFor(r => r.Model).Each(
            model => model is { Length: > 0 and <= Account.ModelMaxLength }, $"Each must be a model name of 1 to {Account.ModelMaxLength} characters.");
        validator.RuleFor(r => r.Platform).Each(
            platform => PlatformNames.TryParse(platform, out _), $"Each must be one of: {string.Join(", ", PlatformNames.All)}.");
    }

    public static void AddTimeRangeRules<T>(this AbstractValidator<T> validator)
        where T : ITimeRangeFields
    {
        const string Form = "Must be a time with its offset, such as 2026-01-31T08:00:00Z (a + is written %2B in an address), or a date such as 2026-01-31.";
        validator.RuleFor(r => r.Tz).Must(tz => tz is null || TimeZones.TryFind(tz, out _)).WithMessage("Must be an IANA time zone, such as UTC or Europe/Berlin.");
        validator.RuleFor(r => r.From).Must(from => from is null || TimeRange.TryParseEnd(from, TimeZoneInfo.Utc, out _)).WithMessage(Form);
        validator.RuleFor(r => r.To).Must(to => to is null || TimeRange.TryParseEnd(to, TimeZoneInfo.Utc, out _)).WithMessage(Form);
        validator.RuleFor(r => r.From).Must((r, _) => r.Range() is { FromUtc: var from, ToUtc: var to } && from <= to).WithMessage("Must not be later than to.");
    }

    /// <summary>A list of values; the message is for the whole list.</summary>
    public static void Each<T, TValue>(this IRuleBuilder<T, TValue[]?> rule, Func<TValue, bool> accepts, string message) => rule
        .Must(values => values is null || (values.Length <= MostValues && values.All(accepts)))
        .WithMessage($"{message} At most {MostValues} values.");

    /// <summary>The range that is asked for; an end that is not given is open.</summary>
    public static TimeRange Range(this ITimeRangeFields fields)
    {
        var zone = TimeZones.FindOrUtc(fields.Tz);
        return new TimeRange(
            TimeRange.TryParseEnd(fields.From, zone, out var from) ? from : TimeRange.Always.FromUtc,
            TimeRange.TryParseEnd(fields.To, zone, out var to) ? to : TimeRange.Always.ToUtc);
    }

    /// <summary>The filter that is asked for, within what the caller may see.</summary>
    public static UsageFilter Filter(this IUsageFilterFields fields, ICurrentUser caller)
    {
        List<ExactFilter> filters = [];
        Add(UsageFilter.ApiKeyColumn, fields.ApiKeyId, request => request.ApiKeyId);
        Add(UsageFilter.UserColumn, caller.IsAdmin ? fields.UserId : [caller.Id], request => request.UserId);
        Add(UsageFilter.AccountColumn, fields.AccountId, request => request.AccountId);
        Add(UsageFilter.ModelColumn, fields.Model, request => request.Model);
        Add(UsageFilter.PlatformColumn, fields.Platform, request => request.Platform?.Name());
        return new UsageFilter(filters);

        void Add<TValue>(string column, TValue[]? accepted, Func<EndedRequest, object?> valueOf)
            where TValue : notnull => filters.AddRange(ExactFilter.Of(column, accepted, valueOf));
    }

    /// <summary>Why a caller who is no administrator may not ask for this; null: may.</summary>
    public static GatewayError? RefuseTo(this IUsageFilterFields fields, ICurrentUser caller)
    {
        if (caller.IsAdmin)
        {
            return null;
        }

        var refused = new Dictionary<string, string[]>();
        if (fields.UserId is { Length: > 0 })
        {
            refused["user_id"] = ["Only an administrator may filter by user: you see your own requests."];
        }

        if (fields.AccountId is { Length: > 0 })
        {
            refused["account_id"] = ["Only an administrator may filter by account."];
        }

        return refused.Count > 0 ? GatewayError.Forbidden("Only an administrator may use some of these filters: see 'errors'.", refused) : null;
    }

    private static void Ids<T>(this IRuleBuilder<T, long[]?> rule) => rule.Each(id => id > 0, "Each must be an id of at least 1.");
}
