using Gateway.Infrastructure.Time;
using Gateway.Proxy.Metering.Store;

namespace Gateway.Proxy.Metering.Queries;

/// <summary>Selects the requests of a time range by their ids, which the primary key and every index are ordered by.</summary>
internal static class RequestTimes
{
    // The id is made when a request arrives; its time is taken a moment later, when its API key was found good.
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(1);

    /// <summary>Conditions on a table <c>s</c> that has a row for each request.</summary>
    public static string During(SqlText sql, TimeRange range) => $"{AroundId(sql, range, "s.request_id")} AND {At(sql, range)}";

    /// <summary>The same on <c>usage_adjustments j</c>, whose few rows are to be found first, joined with <c>usage_records s</c>.</summary>
    public static string AdjustedDuring(SqlText sql, TimeRange range) => $"{AroundId(sql, range, "j.request_id")} AND {At(sql, range)}";

    /// <summary>A condition that all ids of the range meet, and few others.</summary>
    public static string AroundId(SqlText sql, TimeRange range, string column) =>
        $"{column} >= {sql.Value(RequestKey.From(range.FromUtc - Apart))} AND {column} < {sql.Value(RequestKey.From(range.ToUtc + Apart))}";

    private static string At(SqlText sql, TimeRange range) => $"s.created_at >= {sql.Value(range.FromUtc)} AND s.created_at < {sql.Value(range.ToUtc)}";
}
