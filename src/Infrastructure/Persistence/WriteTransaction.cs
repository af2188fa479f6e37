using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Gateway.Infrastructure.Persistence;

/// <summary>A transaction that writes. Disposed without a commit, it is rolled back.</summary>
/// <remarks>
/// SQLite has one writer at a time, and whoever waits for it inside SQLite blocks a thread: a few that came at once would take all threads from the one that
/// holds the lock and waits for Redis. They wait here instead, without a thread.
/// </remarks>
internal sealed class WriteTransaction : IAsyncDisposable
{
    private static readonly SemaphoreSlim SqliteWriter = new(1, 1);

    private readonly IDbContextTransaction _transaction;
    private readonly bool _holdsWriter;

    private WriteTransaction(IDbContextTransaction transaction, bool holdsWriter)
    {
        _transaction = transaction;
        _holdsWriter = holdsWriter;
    }

    public static async Task<WriteTransaction> BeginAsync(GatewayDbContext db, IsolationLevel isolation, CancellationToken cancellationToken)
    {
        var isSqlite = db is SqliteGatewayDbContext;
        if (isSqlite)
        {
            await SqliteWriter.WaitAsync(cancellationToken);
        }

        try
        {
            return new WriteTransaction(await db.Database.BeginTransactionAsync(isolation, cancellationToken), isSqlite);
        }
        catch when (isSqlite)
        {
            SqliteWriter.Release();
            throw;
        }
    }

    /// <summary>For statements that are not EF's.</summary>
    public DbTransaction Inner => _transaction.GetDbTransaction();

    public Task CommitAsync(CancellationToken cancellationToken) => _transaction.CommitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _transaction.DisposeAsync();
        }
        finally
        {
            if (_holdsWriter)
            {
                SqliteWriter.Release();
            }
        }
    }
}
