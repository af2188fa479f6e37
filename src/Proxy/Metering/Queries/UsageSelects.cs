using Gateway.Infrastructure.Time;
using Gateway.Proxy.Metering.Store;

namespace Gateway.Proxy.Metering.Queries;

/// <summary>Builds SELECTs of a group <c>g</c> and the sums of <see cref="UsageSums"/>, which can be joined by UNION ALL.</summary>
/// <remarks>Corrections of prices are not part of any sum: each SELECT of usage has one of <c>usage_adjustments</c> beside it.</remarks>
internal sealed class UsageSelects(SqlText sql, UsageFilter filter, bool isMySql)
{
    private static readonly string SumOfSums = string.Join(", ", UsageSql.SumColumns.Select(column => $"SUM(s.{column}) AS {column}"));

    private static readonly string SumOfRecords =
        $"COUNT(*) AS requests, {string.Join(", ", UsageSql.SumColumns.Skip(1).Select(column => $"SUM(s.{column}) AS {column}"))}";

    private const string SumOfAdjustments =
        "0 AS requests, 0 AS input_tokens, 0 AS output_tokens, 0 AS cache_read_tokens, 0 AS cache_write_tokens, "
        + "SUM(j.delta_cost_nano_usd) AS cost_nano_usd, SUM(j.delta_billed_nano_usd) AS billed_nano_usd";

    public string By(UsageDimension dimension, UsageSegment segment) => Usage(segment, Group(dimension, segment.Table), Join(dimension, segment.Table));

    public string AdjustmentsBy(UsageDimension dimension, TimeRange range) => Adjustments(range, Group(dimension, UsageTable.Records));

    /// <summary>Grouped by the hour or day that a row covers.</summary>
    public string ByPeriod(UsageSegment segment) => Usage(segment, "s.period");

    public string AdjustmentsByPeriod(UsageSegment segment) => Adjustments(segment.Range, segment.Table == UsageTable.Days
        ? UsageSql.DayOf("s.created_at", isMySql)
        : UsageSql.HourOf("s.created_at", isMySql));

    /// <summary>As one group of that number.</summary>
    public string AsGroup(int number, UsageSegment segment) => Usage(segment, $"{number}");

    public string AdjustmentsAsGroup(int number, TimeRange range) => Adjustments(range, $"{number}");

    private string Usage(UsageSegment segment, string group, string join = "")
    {
        var (from, to) = segment.Range;
        return segment.Table == UsageTable.Records
            ? $"SELECT {group} AS g, {SumOfRecords} FROM usage_records AS s WHERE {RequestTimes.During(sql, segment.Range)}{filter.OnRequests(sql)} GROUP BY 1"
            : $"SELECT {group} AS g, {SumOfSums} FROM {TableName(segment.Table)} AS s{join} "
                + $"WHERE s.period >= {sql.Value(from)} AND s.period < {sql.Value(to)}{filter.OnSums(sql)} GROUP BY 1";
    }

    private string Adjustments(TimeRange range, string group) =>
        $"SELECT {group} AS g, {SumOfAdjustments} FROM usage_adjustments AS j JOIN usage_records AS s ON s.request_id = j.request_id "
        + $"WHERE {RequestTimes.AdjustedDuring(sql, range)}{filter.OnRequests(sql)} GROUP BY 1";

    private static string TableName(UsageTable table) => table == UsageTable.Days ? "daily_usages" : "hourly_usages";

    private static string Group(UsageDimension dimension, UsageTable table) => (dimension, table) switch
    {
        (UsageDimension.Model, _) => "s.model",
        (UsageDimension.Account, _) => "s.account_id",
        (UsageDimension.ApiKey, _) => "s.api_key_id",
        (UsageDimension.User, UsageTable.Records) => "s.user_id",
        (UsageDimension.User, _) => "k.user_id",
        (UsageDimension.Platform, UsageTable.Records) => "s.platform",
        (UsageDimension.Platform, _) => "a.platform",
        _ => $"'{UsageDimensions.TotalKey}'",
    };

    private static string Join(UsageDimension dimension, UsageTable table) => (dimension, table) switch
    {
        (_, UsageTable.Records) => "",
        (UsageDimension.User, _) => " LEFT JOIN api_keys AS k ON k.id = s.api_key_id",
        (UsageDimension.Platform, _) => " LEFT JOIN accounts AS a ON a.id = s.account_id",
        _ => "",
    };
}
