using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using MySqlConnector;

namespace Gateway.Infrastructure.Persistence;

/// <summary>Brings the database to this version's shape, however long it takes to come up.</summary>
internal sealed partial class DatabaseStart(IServiceScopeFactory scopes, TimeProvider clock, ILogger<DatabaseStart> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Migrates, and tries again for as long as the database cannot be reached.</summary>
    public Task MigrateAsync(CancellationToken cancellationToken) => InsistAsync(MigrateOnceAsync, cancellationToken);

    /// <summary>Runs a step of the start, and again for as long as the database fails it. The step must bear being run again after it was half done.</summary>
    public async Task InsistAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await step(cancellationToken);
                return;
            }
            catch (Exception exception) when (DatabaseFailure.Of(exception) is { } failure && MayPass(failure))
            {
                // Also the race of several first starts: the database was created by another instance meanwhile.
                Log.Waiting(logger, attempt, failure.Message);
                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
    }

    // A server comes back, and so does a file that another process holds. A file that is damaged does not.
    private static bool MayPass(DbException failure) =>
        failure is MySqlException or SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED };

    private async Task MigrateOnceAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        if (db is SqliteGatewayDbContext)
        {
            await PrepareSqliteAsync(db, cancellationToken);
        }

        await db.Database.MigrateAsync(cancellationToken);
    }

    private static async Task PrepareSqliteAsync(GatewayDbContext db, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken);

        // EF Core 9 locks migrations with a row and waits for it without end; a process killed meanwhile leaves the row behind.
        // This process holds the data directory's lock, so nobody else can own it (github.com/dotnet/efcore/issues/34439).
        await db.Database.ExecuteSqlRawAsync(
            """
            CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
            DELETE FROM "__EFMigrationsLock";
            """,
            cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The database does not answer yet (attempt {Attempt}): {Reason}")]
        public static partial void Waiting(ILogger logger, int attempt, string reason);
    }
}
