using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Time;
using Gateway.Proxy.Metering.Queries;
using MediatR;

namespace Gateway.Features.Usage.ListDailyUsage;

internal sealed class ListDailyUsageHandler(UnsyncedUsage unsynced, ICurrentUser user, TimeProvider clock)
    : IRequestHandler<ListDailyUsageRequest, Result<PagedList<DailyUsageView>>>
{
    private const int DefaultDays = 30;

    public async Task<Result<PagedList<DailyUsageView>>> Handle(ListDailyUsageRequest request, CancellationToken cancellationToken)
    {
        if (request.RefuseTo(user) is { } refusal)
        {
            return refusal;
        }

        var range = RangeOf(request);
        if (range.FromUtc > range.ToUtc)
        {
            return GatewayError.Invalid("from", "Must not be later than to, which is tomorrow if it is not given.");
        }

        var filter = request.Filter(user);
        await using var snapshot = await unsynced.OpenAsync(filter, range, cancellationToken);
        var queued = snapshot.Unsynced.GroupBy(ended => DailyKey.Of(ended, byAccount: user.IsAdmin))
            .ToDictionary(group => group.Key, group => group.Select(ended => UsageSums.Of(ended.Usage!)).Aggregate((left, right) => left + right));
        var rows = new DailyRows(snapshot, range, filter, byAccount: user.IsAdmin);
        var stored = await rows.FindAsync(queued.Keys, cancellationToken);
        DailyKey[] added = [.. queued.Keys.Where(key => !stored.Contains(key)).Order()];

        var total = await rows.CountAsync(cancellationToken) + added.Length;
        var page = await PageAsync(rows, added, request, cancellationToken);
        var corrections = await rows.CorrectionsAsync(page, cancellationToken);
        return new PagedList<DailyUsageView>(
            [.. page.Select(row => new DailyUsageView(
                row.Key, row.Sums + queued.GetValueOrDefault(row.Key) + corrections.GetValueOrDefault(row.Key), user.IsAdmin))],
            total,
            request.Page,
            request.PageSize);
    }

    private TimeRange RangeOf(ListDailyUsageRequest request)
    {
        var to = ListDailyUsageRequest.TryParseDay(request.To, out var end) ? end : DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(1);
        var from = ListDailyUsageRequest.TryParseDay(request.From, out var start) ? start : DateOnly.FromDayNumber(Math.Max(0, to.DayNumber - DefaultDays));
        return new TimeRange(Utc(from), Utc(to));

        static DateTime Utc(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
    }

    /// <summary>One page of what is stored and what will be, as if it were one list. Sums of unsynced usage are not added yet.</summary>
    private static async Task<List<DailyRow>> PageAsync(DailyRows rows, DailyKey[] added, ListDailyUsageRequest request, CancellationToken cancellationToken)
    {
        var skip = (long)(request.Page - 1) * request.PageSize;
        var addedBefore = await CountAddedBeforeAsync(rows, added, skip, cancellationToken);
        var page = await rows.ReadAsync(skip - addedBefore, request.PageSize, cancellationToken);
        page.AddRange(added.Skip(addedBefore).Take(request.PageSize).Select(key => new DailyRow(key, default)));
        return [.. page.OrderBy(row => row.Key).Take(request.PageSize)];
    }

    /// <summary>How many of the added rows stand on earlier pages. Their places in the whole list ascend, so a few looks find the border.</summary>
    private static async Task<int> CountAddedBeforeAsync(DailyRows rows, DailyKey[] added, long skip, CancellationToken cancellationToken)
    {
        var (low, high) = (0, (int)Math.Min(added.Length, skip));
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (middle + await rows.CountBeforeAsync(added[middle], cancellationToken) < skip)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
