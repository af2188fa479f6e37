using System.Globalization;
using System.Runtime.CompilerServices;
using Gateway.Infrastructure.Time;
using Gateway.Proxy.Metering.Store;

namespace Gateway.Proxy.Metering.Queries;

/// <summary>The usage of one group.</summary>
internal readonly record struct UsageGroup(string Key, UsageSums Sums);

/// <summary>
/// Adds up usage, synced or not, exactly. The database groups and sums; whole days and hours come from the sums that the sync keeps, and records are
/// read only for the parts of hours at the ends of a range.
/// </summary>
internal static class UsageSumsQuery
{
    private const int MostSelectsInStatement = 40;

    private static readonly string SumOfParts = string.Join(", ", UsageSql.SumColumns.Select(column => $"SUM({column})"));

    /// <summary>One group for each value of a dimension, in no order. Groups are not held in memory.</summary>
    public static async IAsyncEnumerable<UsageGroup> ByAsync(
        UsageSnapshot snapshot,
        UsageDimension dimension,
        TimeRange range,
        UsageFilter filter,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var unsynced = new Dictionary<string, UsageSums>(StringComparer.Ordinal);
        foreach (var request in Unsynced(snapshot, range, filter))
        {
            var key = dimension.KeyOf(request);
            unsynced[key] = unsynced.GetValueOrDefault(key) + UsageSums.Of(request.Usage!);
        }

        var sql = new SqlText();
        var selects = new UsageSelects(sql, filter, snapshot.IsMySql);
        var parts = UsageSegment.Split(range).Select(segment => selects.By(dimension, segment)).ToList();
        if (await HasAdjustmentsAsync(snapshot, range, cancellationToken))
        {
            parts.Add(selects.AdjustmentsBy(dimension, range));
        }

        if (parts.Count > 0)
        {
            sql.Text = parts is [var whole] ? whole : $"SELECT g, {SumOfParts} FROM ({string.Join(" UNION ALL ", parts)}) AS parts GROUP BY g";
            await foreach (var group in snapshot.ReadAsync(sql, Read, cancellationToken))
            {
                yield return unsynced.Remove(group.Key, out var more) ? new UsageGroup(group.Key, group.Sums + more) : group;
            }
        }

        foreach (var (key, sums) in unsynced)
        {
            yield return new UsageGroup(key, sums);
        }

        static UsageGroup Read(System.Data.Common.DbDataReader reader) =>
            new(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!, UsageSums.Read(reader, 1));
    }

    /// <summary>The sums of consecutive stretches of time.</summary>
    /// <param name="bounds">Where each begins, ascending, and last where the last one ends.</param>
    public static async Task<UsageSums[]> ByTimeAsync(
        UsageSnapshot snapshot, IReadOnlyList<DateTime> bounds, UsageFilter filter, CancellationToken cancellationToken)
    {
        var times = new TimeBuckets(bounds);
        foreach (var request in Unsynced(snapshot, times.Range, filter))
        {
            times.Add(request.CreatedAtUtc, UsageSums.Of(request.Usage!));
        }

        var hasAdjustments = await HasAdjustmentsAsync(snapshot, times.Range, cancellationToken);
        foreach (var scan in times.Scans())
        {
            var sql = new SqlText();
            var selects = new UsageSelects(sql, filter, snapshot.IsMySql);
            sql.Text = selects.ByPeriod(scan) + (hasAdjustments ? $" UNION ALL {selects.AdjustmentsByPeriod(scan)}" : "");
            await foreach (var (period, sums) in snapshot.ReadAsync(sql, reader => (Utc(reader.GetDateTime(0)), UsageSums.Read(reader, 1)), cancellationToken))
            {
                times.AddPeriod(scan.Table, period, sums);
            }
        }

        foreach (var edges in times.Edges().Chunk(MostSelectsInStatement))
        {
            var sql = new SqlText();
            var selects = new UsageSelects(sql, filter, snapshot.IsMySql);
            var parts = edges.Select(edge => selects.AsGroup(edge.Bucket, edge.Segment));
            parts = hasAdjustments ? parts.Concat(edges.Select(edge => selects.AdjustmentsAsGroup(edge.Bucket, edge.Segment.Range))) : parts;
            sql.Text = string.Join(" UNION ALL ", parts);
            await foreach (var (bucket, sums) in snapshot.ReadAsync(sql, reader => (reader.GetInt32(0), UsageSums.Read(reader, 1)), cancellationToken))
            {
                times[bucket] += sums;
            }
        }

        return times.Sums;
    }

    private static IEnumerable<EndedRequest> Unsynced(UsageSnapshot snapshot, TimeRange range, UsageFilter filter) =>
        snapshot.Unsynced.Where(request => range.Contains(request.CreatedAtUtc) && filter.Matches(request));

    /// <summary>Whether any price was corrected. That is seldom, so most queries need not join for it.</summary>
    public static async Task<bool> HasAdjustmentsAsync(UsageSnapshot snapshot, TimeRange range, CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        sql.Text = $"SELECT 1 FROM usage_adjustments WHERE {RequestTimes.AroundId(sql, range, "request_id")} LIMIT 1";
        await foreach (var _ in snapshot.ReadAsync(sql, _ => true, cancellationToken))
        {
            return true;
        }

        return false;
    }

    private static DateTime Utc(DateTime period) => DateTime.SpecifyKind(period, DateTimeKind.Utc);
}
