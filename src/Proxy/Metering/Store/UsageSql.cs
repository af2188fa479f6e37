namespace Gateway.Proxy.Metering.Store;

/// <summary>The statements that add one batch to the sums. Only rows that this batch really inserted carry its id, so a replay adds nothing.</summary>
internal static class UsageSql
{
    private const string Sums =
        "COUNT(*) AS requests, SUM(input_tokens) AS input_tokens, SUM(output_tokens) AS output_tokens, SUM(cache_read_tokens) AS cache_read_tokens, "
        + "SUM(cache_write_tokens) AS cache_write_tokens, SUM(cost_nano_usd) AS cost_nano_usd, SUM(billed_nano_usd) AS billed_nano_usd";

    /// <summary>The sums of <c>hourly_usages</c> and <c>daily_usages</c>.</summary>
    public static readonly string[] SumColumns =
        ["requests", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "cost_nano_usd", "billed_nano_usd"];

    public static readonly string[] MySqlSums =
    [
        MySqlTotals("hourly_usages", HourOf("created_at", isMySql: true)),
        MySqlTotals("daily_usages", DayOf("created_at", isMySql: true)),
        """
        UPDATE api_keys AS k
        JOIN (SELECT api_key_id, SUM(billed_nano_usd) AS billed, MAX(created_at) AS last_used FROM usage_records WHERE batch_id = @batch GROUP BY api_key_id) AS s
          ON s.api_key_id = k.id
        SET k.spent_nano_usd = k.spent_nano_usd + s.billed, k.last_used_at = GREATEST(COALESCE(k.last_used_at, s.last_used), s.last_used)
        """,
        """
        UPDATE accounts AS a
        JOIN (SELECT account_id, MAX(created_at) AS last_used FROM usage_records WHERE batch_id = @batch GROUP BY account_id) AS s ON s.account_id = a.id
        SET a.last_used_at = GREATEST(COALESCE(a.last_used_at, s.last_used), s.last_used)
        """,
    ];

    public static readonly string[] SqliteSums =
    [
        SqliteTotals("hourly_usages", HourOf("created_at", isMySql: false)),
        SqliteTotals("daily_usages", DayOf("created_at", isMySql: false)),
        """
        UPDATE api_keys SET spent_nano_usd = spent_nano_usd + s.billed, last_used_at = MAX(COALESCE(last_used_at, s.last_used), s.last_used)
        FROM (SELECT api_key_id, SUM(billed_nano_usd) AS billed, MAX(created_at) AS last_used FROM usage_records WHERE batch_id = @batch GROUP BY api_key_id) AS s
        WHERE s.api_key_id = api_keys.id
        """,
        """
        UPDATE accounts SET last_used_at = MAX(COALESCE(last_used_at, s.last_used), s.last_used)
        FROM (SELECT account_id, MAX(created_at) AS last_used FROM usage_records WHERE batch_id = @batch GROUP BY account_id) AS s
        WHERE s.account_id = accounts.id
        """,
    ];

    /// <summary>The start of a time's UTC hour, as <c>hourly_usages.period</c> has it.</summary>
    public static string HourOf(string column, bool isMySql) => StartOf(column, "%Y-%m-%d %H:00:00", isMySql);

    /// <summary>The start of a time's UTC day, as <c>daily_usages.period</c> has it.</summary>
    public static string DayOf(string column, bool isMySql) => StartOf(column, "%Y-%m-%d 00:00:00", isMySql);

    private static string StartOf(string column, string format, bool isMySql) =>
        isMySql ? $"CAST(DATE_FORMAT({column}, '{format}') AS DATETIME(6))" : $"strftime('{format}', {column})";

    private static string MySqlTotals(string table, string period) =>
        $"""
        INSERT INTO {table} (period, api_key_id, account_id, model, {string.Join(", ", SumColumns)})
        SELECT * FROM (
          SELECT {period} AS period, api_key_id, account_id, model, {Sums} FROM usage_records WHERE batch_id = @batch GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        ) AS s
        ON DUPLICATE KEY UPDATE {string.Join(", ", SumColumns.Select(column => $"{column} = {table}.{column} + s.{column}"))}
        """;

    private static string SqliteTotals(string table, string period) =>
        $"""
        INSERT INTO {table} (period, api_key_id, account_id, model, {string.Join(", ", SumColumns)})
        SELECT {period}, api_key_id, account_id, model, {Sums} FROM usage_records WHERE batch_id = @batch GROUP BY 1, 2, 3, 4
        ON CONFLICT (period, api_key_id, account_id, model) DO UPDATE SET {string.Join(", ", SumColumns.Select(column => $"{column} = {column} + excluded.{column}"))}
        """;
}
