using System.Data.Common;
using Gateway.Infrastructure.Time;
using Gateway.Proxy.Metering.Queries;
using Gateway.Proxy.Metering.Store;

namespace Gateway.Features.Usage.ListDailyUsage;

/// <summary>The rows that the database has, in the order of <see cref="DailyKey"/>.</summary>
/// <param name="byAccount">Whether each account has rows of its own; otherwise they are added up.</param>
internal sealed class DailyRows(UsageSnapshot snapshot, TimeRange range, UsageFilter filter, bool byAccount)
{
    private const int MostKeysInStatement = 100;

    private readonly string[] _key = byAccount ? ["s.period", "s.api_key_id", "s.account_id", "s.model"] : ["s.period", "s.api_key_id", "s.model"];

    public Task<long> CountAsync(CancellationToken cancellationToken) => CountAsync(new SqlText(), "", cancellationToken);

    /// <summary>How many rows come before a key.</summary>
    public Task<long> CountBeforeAsync(DailyKey key, CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        var values = ValuesOf(key);

        // (a, b) > (x, y) written out, which both databases can answer from an index; the first condition bounds what is read.
        var before = $"{_key[^1]} > {sql.Value(values[^1])}";
        for (var column = _key.Length - 2; column >= 0; column--)
        {
            before = $"{_key[column]} > {sql.Value(values[column])} OR ({_key[column]} = {sql.Value(values[column])} AND ({before}))";
        }

        return CountAsync(sql, $" AND {_key[0]} >= {sql.Value(values[0])} AND ({before})", cancellationToken);
    }

    /// <summary>Which of the keys have a row.</summary>
    public async Task<HashSet<DailyKey>> FindAsync(IEnumerable<DailyKey> keys, CancellationToken cancellationToken)
    {
        var found = new HashSet<DailyKey>();
        foreach (var chunk in keys.Chunk(MostKeysInStatement))
        {
            var sql = new SqlText();
            var any = chunk.Select(key => $"({string.Join(" AND ", _key.Zip(ValuesOf(key), (column, value) => $"{column} = {sql.Value(value)}"))})");
            sql.Text = $"SELECT DISTINCT {Key} FROM daily_usages AS s WHERE {string.Join(" OR ", any)}";
            await foreach (var key in snapshot.ReadAsync(sql, ReadKey, cancellationToken))
            {
                found.Add(key);
            }
        }

        return found;
    }

    public async Task<List<DailyRow>> ReadAsync(long skip, int most, CancellationToken cancellationToken)
    {
        var rows = new List<DailyRow>();
        var sql = new SqlText();
        var sums = string.Join(", ", UsageSql.SumColumns.Select(column => byAccount ? $"s.{column}" : $"SUM(s.{column})"));
        sql.Text = $"SELECT {Key}, {sums} FROM daily_usages AS s WHERE {Where(sql)}{GroupBy} "
            + $"ORDER BY {string.Join(", ", _key.Select(column => $"{column} DESC"))} LIMIT {most} OFFSET {skip}";
        await foreach (var row in snapshot.ReadAsync(sql, reader => new DailyRow(ReadKey(reader), UsageSums.Read(reader, 4)), cancellationToken))
        {
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Later corrections of the prices of some rows.</summary>
    public async Task<Dictionary<DailyKey, UsageSums>> CorrectionsAsync(IReadOnlyList<DailyRow> rows, CancellationToken cancellationToken)
    {
        var corrections = new Dictionary<DailyKey, UsageSums>();
        if (rows.Count == 0)
        {
            return corrections;
        }

        var days = new TimeRange(rows[^1].Key.Day, rows[0].Key.Day.AddDays(1));
        if (!await UsageSumsQuery.HasAdjustmentsAsync(snapshot, days, cancellationToken))
        {
            return corrections;
        }

        var keys = rows.Select(row => row.Key).ToHashSet();
        var sql = new SqlText();
        var group = _key.Select(column => column == "s.period" ? UsageSql.DayOf("s.created_at", snapshot.IsMySql) : column).ToArray();
        var columns = byAccount ? group : [group[0], group[1], "0", group[2]];
        sql.Text = $"SELECT {string.Join(", ", columns)}, SUM(j.delta_cost_nano_usd), SUM(j.delta_billed_nano_usd) "
            + "FROM usage_adjustments AS j JOIN usage_records AS s ON s.request_id = j.request_id "
            + $"WHERE {RequestTimes.AdjustedDuring(sql, days)}{filter.OnRequests(sql)} "
            + $"GROUP BY {string.Join(", ", group)}";
        var found = snapshot.ReadAsync(
            sql, reader => (Key: ReadKey(reader), Sums: new UsageSums(0, 0, 0, 0, 0, reader.GetInt64(4), reader.GetInt64(5))), cancellationToken);
        await foreach (var (key, sums) in found)
        {
            if (keys.Contains(key))
            {
                corrections[key] = sums;
            }
        }

        return corrections;
    }

    private string Key => byAccount ? string.Join(", ", _key) : $"{_key[0]}, {_key[1]}, 0, {_key[2]}";

    private string GroupBy => byAccount ? "" : $" GROUP BY {string.Join(", ", _key)}";

    private async Task<long> CountAsync(SqlText sql, string condition, CancellationToken cancellationToken)
    {
        sql.Text = $"SELECT COUNT(*) FROM (SELECT {_key[0]} FROM daily_usages AS s WHERE {Where(sql)}{condition}{GroupBy}) AS found";
        await foreach (var count in snapshot.ReadAsync(sql, reader => reader.GetInt64(0), cancellationToken))
        {
            return count;
        }

        return 0;
    }

    private string Where(SqlText sql) =>
        $"s.period >= {sql.Value(range.FromUtc)} AND s.period < {sql.Value(range.ToUtc)}{filter.OnSums(sql)}";

    private object[] ValuesOf(DailyKey key) => byAccount ? [key.Day, key.ApiKeyId, key.AccountId, key.Model] : [key.Day, key.ApiKeyId, key.Model];

    private static DailyKey ReadKey(DbDataReader reader) =>
        new(DateTime.SpecifyKind(reader.GetDateTime(0), DateTimeKind.Utc), reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3));
}
