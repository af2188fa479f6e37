using Gateway.Infrastructure.Time;
using Gateway.Proxy.Metering.Store;

namespace Gateway.Proxy.Metering.Queries;

/// <summary>Selects the requests of a time range by their ids, which the primary key and every index are ordered by.</summary>
internal static class RequestTimes
{
    // The id is made when a request arrives; its time is taken a moment later, when its API key was found good.
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(1);

    /// <summary>Conditions on a table <c>s</c> that has a row for each request.</summary>
    public static string During(SqlText sql, TimeRange range)
    {
        var from = sql.Value(range.FromUtc);
        var to = sql.Value(range.ToUtc);
        return $"{AroundId(sql, range, "s.request_id")} AND s.created_at >= {from} AND s.created_at < {to}";
    }

    /// <summary>A condition that all ids of the range meet, and few others.</summary>
    public static string AroundId(SqlText sql, TimeRange range, string column) =>
        $"{column} >= {sql.Value(RequestKey.From(range.FromUtc - Apart))} AND {column} < {sql.Value(RequestKey.From(range.ToUtc + Apart))}";
}
