using System.Data;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Time;
using Gateway.Proxy.Metering.Queries;
using Microsoft.EntityFrameworkCore;
using MySqlConnector;

namespace Gateway.Proxy.Metering.Store;

/// <summary>A sum that is not that of its records.</summary>
/// <param name="Table"><c>hourly_usages</c> or <c>daily_usages</c>.</param>
/// <param name="Missing">What the records have more than the sum; below zero: less.</param>
internal readonly record struct UsageDrift(string Table, DateTime PeriodUtc, long ApiKeyId, long AccountId, string Model, UsageSums Missing);

/// <summary>Compares the hourly and daily sums with the records that they are of, and makes them anew from those.</summary>
internal sealed class UsageTotalsCheck(IServiceScopeFactory scopes)
{
    private const int MostTries = 5;
    private const int MostReported = 100;
    private const string Groups = "period, api_key_id, account_id, model";

    private static readonly (string Table, Func<string, bool, string> PeriodOf)[] Tables = [("hourly_usages", UsageSql.HourOf), ("daily_usages", UsageSql.DayOf)];

    private static readonly string Amounts = $"COUNT(*) AS requests, {string.Join(", ", UsageSql.SumColumns.Skip(1).Select(column => $"SUM(s.{column}) AS {column}"))}";

    /// <summary>The sums of a UTC day that differ from its records, as one statement sees both; a hundred of each table at most.</summary>
    public async Task<IReadOnlyList<UsageDrift>> FindDriftAsync(DateOnly day, CancellationToken cancellationToken)
    {
        var range = RangeOf(day);
        var found = new List<UsageDrift>();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        await db.Database.OpenConnectionAsync(cancellationToken);
        foreach (var (table, periodOf) in Tables)
        {
            var sql = new SqlText();
            sql.Text =
                $"SELECT {Groups}, {string.Join(", ", UsageSql.SumColumns.Select(column => $"SUM({column})"))} FROM ("
                + $"{SelectRecords(sql, periodOf, range, db is MySqlGatewayDbContext)} UNION ALL "
                + $"SELECT {Groups}, {string.Join(", ", UsageSql.SumColumns.Select(column => $"-{column} AS {column}"))} FROM {table} "
                + $"WHERE period >= {sql.Value(range.FromUtc)} AND period < {sql.Value(range.ToUtc)}) AS both_sides "
                + $"GROUP BY {Groups} HAVING {string.Join(" OR ", UsageSql.SumColumns.Select(column => $"SUM({column}) <> 0"))} LIMIT {MostReported}";
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = sql.Text;
            command.Parameters.AddRange(sql.ParametersFor(command.Connection!));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                found.Add(new UsageDrift(table, DateTime.SpecifyKind(reader.GetDateTime(0), DateTimeKind.Utc), reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3), UsageSums.Read(reader, 4)));
            }
        }

        return found;
    }

    /// <summary>Makes the sums of a UTC day anew from its records, of which none may have been deleted.</summary>
    /// <remarks>A sync that writes records of that day at the same time waits: what it adds is never lost between the statements.</remarks>
    public async Task RebuildAsync(DateOnly day, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await RebuildOnceAsync(RangeOf(day), cancellationToken);
                return;
            }
            catch (MySqlException exception) when (attempt < MostTries && exception.ErrorCode is MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout)
            {
                // The other writer has ended by now.
            }
        }
    }

    private async Task RebuildOnceAsync(TimeRange range, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        await using var transaction = await WriteTransaction.BeginAsync(db, IsolationLevel.RepeatableRead, cancellationToken);
        if (db is MySqlGatewayDbContext)
        {
            // The records before the sums, as a sync takes them: whoever writes records of that day waits here, and nobody waits for the other in a circle.
            var locked = new SqlText();
            locked.Text = $"SELECT COUNT(*) FROM usage_records AS s WHERE {RequestTimes.AroundId(locked, range, "s.request_id")} LOCK IN SHARE MODE";
            await RunAsync(db, transaction, locked, cancellationToken);
        }

        foreach (var (table, periodOf) in Tables)
        {
            var delete = new SqlText();
            delete.Text = $"DELETE FROM {table} WHERE period >= {delete.Value(range.FromUtc)} AND period < {delete.Value(range.ToUtc)}";
            await RunAsync(db, transaction, delete, cancellationToken);

            var insert = new SqlText();
            insert.Text = $"INSERT INTO {table} ({Groups}, {string.Join(", ", UsageSql.SumColumns)}) {SelectRecords(insert, periodOf, range, db is MySqlGatewayDbContext)}";
            await RunAsync(db, transaction, insert, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task RunAsync(GatewayDbContext db, WriteTransaction transaction, SqlText sql, CancellationToken cancellationToken)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = transaction.Inner;
        command.CommandText = sql.Text;
        command.Parameters.AddRange(sql.ParametersFor(command.Connection!));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string SelectRecords(SqlText sql, Func<string, bool, string> periodOf, TimeRange range, bool isMySql) =>
        $"SELECT {periodOf("s.created_at", isMySql)} AS period, s.api_key_id, s.account_id, s.model, {Amounts} FROM usage_records AS s WHERE {RequestTimes.During(sql, range)} GROUP BY 1, 2, 3, 4";

    private static TimeRange RangeOf(DateOnly day)
    {
        var start = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        return new TimeRange(start, start.AddDays(1));
    }
}
