using Microsoft.EntityFrameworkCore;
using MySqlConnector;

namespace Gateway.Infrastructure.Persistence;

/// <summary>Brings the database to this version's shape, however long it takes to come up.</summary>
internal sealed partial class DatabaseStart(IServiceScopeFactory scopes, TimeProvider clock, ILogger<DatabaseStart> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Migrates, and tries again for as long as the database cannot be reached.</summary>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await MigrateOnceAsync(cancellationToken);
                return;
            }
            catch (Exception exception) when (DatabaseFailure.Of(exception) is MySqlException failure)
            {
                // Also the race of several first starts: the database was created by another instance meanwhile.
                Log.Waiting(logger, attempt, failure.Message);
                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
    }

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
