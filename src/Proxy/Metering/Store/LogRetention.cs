using System.Globalization;
using Gateway.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Proxy.Metering.Store;

/// <summary>Deletes what is older than an operator wants to keep: the oldest first, in bites, so that nobody waits long for a lock. Sums are never deleted.</summary>
internal sealed class LogRetention(IServiceScopeFactory scopes)
{
    // 22 ms each on MariaDB (2 cores), where 295,000 rows at once took 1.2 s.
    private const int MostAtOnce = 5000;

    /// <returns>How many rows are gone.</returns>
    public Task<int> PruneRequestLogsAsync(DateTime before, CancellationToken cancellationToken) => PruneAsync("request_logs", before, cancellationToken);

    /// <returns>How many rows are gone; corrections of their prices go with them.</returns>
    public async Task<int> PruneUsageRecordsAsync(DateTime before, CancellationToken cancellationToken)
    {
        await PruneAsync("usage_adjustments", before, cancellationToken);
        return await PruneAsync("usage_records", before, cancellationToken);
    }

    private async Task<int> PruneAsync(string table, DateTime before, CancellationToken cancellationToken)
    {
        var pruned = 0;
        while (true)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
            var limit = MostAtOnce.ToString(CultureInfo.InvariantCulture);

            // SQLite deletes no limited number of rows; MySQL takes no limit in a subquery.
            var sql = db is MySqlGatewayDbContext
                ? $"DELETE FROM {table} WHERE request_id < {{0}} ORDER BY request_id LIMIT {limit}"
                : $"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE request_id < {{0}} ORDER BY request_id LIMIT {limit})";
            var count = await db.Database.ExecuteSqlRawAsync(sql, [RequestKey.From(before)], cancellationToken);
            pruned += count;
            if (count < MostAtOnce)
            {
                return pruned;
            }
        }
    }
}
