using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Time;
using Gateway.Proxy.Metering.Queries;
using Gateway.Proxy.Platforms;
using MediatR;

namespace Gateway.Features.Usage.SummarizeUsage;

internal sealed class SummarizeUsageHandler(UnsyncedUsage unsynced, PlatformCatalogue platforms, ICurrentUser user, TimeProvider clock)
    : IRequestHandler<SummarizeUsageRequest, Result<SummarizeUsageResponse>>
{
    private const string OtherKey = "other";
    private const int DefaultDays = 7;

    public async Task<Result<SummarizeUsageResponse>> Handle(SummarizeUsageRequest request, CancellationToken cancellationToken)
    {
        var zone = TimeZones.FindOrUtc(request.Tz);
        var range = RangeOf(request, zone);
        if (Refuse(request, range) is { } refusal)
        {
            return refusal;
        }

        var filter = request.Filter(user);
        await using var snapshot = await unsynced.OpenAsync(filter, range, cancellationToken);
        return request.GroupBy switch
        {
            Grouping.Day or Grouping.Hour when range.IsEmpty => Respond([], default),
            Grouping.Day => await ByTimeAsync(snapshot, TimeGroups.Days(range, zone), filter, cancellationToken),
            Grouping.Hour => await ByTimeAsync(snapshot, TimeGroups.Hours(range), filter, cancellationToken),
            _ => await ByDimensionAsync(snapshot, Grouping.DimensionOf(request.GroupBy), range, filter, request.Limit, cancellationToken),
        };
    }

    /// <summary>Whole days of the zone, today among them, for an end that is not given.</summary>
    private TimeRange RangeOf(SummarizeUsageRequest request, TimeZoneInfo zone)
    {
        var asked = request.Range();
        var to = request.To is null
            ? LocalCalendar.StartOf(LocalCalendar.DayAt(clock.GetUtcNow().UtcDateTime, zone).AddDays(1), zone)
            : asked.ToUtc;
        var from = request.From is null
            ? LocalCalendar.StartOf(LocalCalendar.DayAt(to.AddTicks(-1), zone).AddDays(1 - DefaultDays), zone)
            : asked.FromUtc;
        return new TimeRange(from, to);
    }

    private GatewayError? Refuse(SummarizeUsageRequest request, TimeRange range)
    {
        if (request.RefuseTo(user) is { } refusal)
        {
            return refusal;
        }

        if (request.GroupBy is Grouping.Account or Grouping.User && !user.IsAdmin)
        {
            return GatewayError.Forbidden(
                "Only an administrator may group by that.", new Dictionary<string, string[]> { ["group_by"] = ["Only an administrator may group by account or user."] });
        }

        if (range.FromUtc > range.ToUtc)
        {
            return GatewayError.Invalid("from", "Must not be later than the end of today. Send a later to as well.");
        }

        return request.GroupBy is Grouping.Day or Grouping.Hour && TimeGroups.AreTooMany(range, request.GroupBy)
            ? GatewayError.Invalid("from", $"The range has more than {TimeGroups.Most} {request.GroupBy}s: shorten it, or group by something else.")
            : null;
    }

    private async Task<SummarizeUsageResponse> ByTimeAsync(
        UsageSnapshot snapshot, TimeGroups groups, UsageFilter filter, CancellationToken cancellationToken)
    {
        var sums = await UsageSumsQuery.ByTimeAsync(snapshot, groups.Bounds, filter, cancellationToken);
        var totals = sums.Aggregate((left, right) => left + right);
        return Respond(totals == default ? [] : groups.Keys.Zip(sums, (key, sum) => Summary(key, key, sum)), totals);
    }

    private async Task<SummarizeUsageResponse> ByDimensionAsync(
        UsageSnapshot snapshot, UsageDimension dimension, TimeRange range, UsageFilter filter, int limit, CancellationToken cancellationToken)
    {
        var top = new TopGroups(limit);
        await foreach (var group in UsageSumsQuery.ByAsync(snapshot, dimension, range, filter, cancellationToken))
        {
            top.Add(group);
        }

        var best = top.Best();
        var labels = await GroupLabels.ReadAsync(snapshot.Db, platforms, dimension, best, cancellationToken);
        var items = best.Select(group => Summary(group.Key, labels.GetValueOrDefault(group.Key, group.Key), group.Sums));
        return Respond(top.Others is { } others ? items.Append(Summary(OtherKey, OtherKey, others)) : items, top.Totals);
    }

    private SummarizeUsageResponse Respond(IEnumerable<UsageSummary> items, UsageSums totals) => new([.. items], new UsageAmounts(totals, user.IsAdmin));

    private UsageSummary Summary(string key, string label, UsageSums sums) => new(key, label, sums, user.IsAdmin);
}
