using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Gateway.Infrastructure.Persistence;
using Gateway.Proxy.Metering.Store;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Gateway.Proxy.Metering.Queries;

/// <summary>The database at one moment, on a connection of its own, and the usage that is not in it.</summary>
internal sealed class UsageSnapshot : IAsyncDisposable
{
    private const int MostIdsInStatement = 500;

    private readonly AsyncServiceScope _scope;
    private DbTransaction _transaction = null!;

    private UsageSnapshot(AsyncServiceScope scope)
    {
        _scope = scope;
        Db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
    }

    /// <summary>Reads inside the snapshot.</summary>
    public GatewayDbContext Db { get; }

    public bool IsMySql => Db is MySqlGatewayDbContext;

    /// <summary>Ended requests with usage that the database does not have at this moment.</summary>
    public IReadOnlyList<EndedRequest> Unsynced { get; private set; } = [];

    public static async Task<UsageSnapshot> OpenAsync(
        IServiceScopeFactory scopes, IReadOnlyCollection<EndedRequest> queued, CancellationToken cancellationToken)
    {
        var snapshot = new UsageSnapshot(scopes.CreateAsyncScope());
        try
        {
            await snapshot.BeginAsync(cancellationToken);
            snapshot.Unsynced = await snapshot.WithoutStoredAsync(queued, cancellationToken);
            return snapshot;
        }
        catch
        {
            await snapshot.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a statement and yields its rows as they come.</summary>
    public async IAsyncEnumerable<T> ReadAsync<T>(SqlText sql, Func<DbDataReader, T> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = Db.Database.GetDbConnection();
        await using var command = connection.CreateCommand();
        command.Transaction = _transaction;
        command.CommandText = sql.Text;
        command.Parameters.AddRange(sql.ParametersFor(connection));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return read(reader);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_transaction is not null)
        {
            await _transaction.DisposeAsync();
        }

        await _scope.DisposeAsync();
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        await Db.Database.OpenConnectionAsync(cancellationToken);
        if (Db.Database.GetDbConnection() is SqliteConnection sqlite)
        {
            // The provider's default takes the one write lock at once; a deferred transaction reads beside the sync's.
            _transaction = sqlite.BeginTransaction(deferred: true);
            await Db.Database.UseTransactionAsync(_transaction, cancellationToken);
        }
        else
        {
            _transaction = (await Db.Database.BeginTransactionAsync(IsolationLevel.Snapshot, cancellationToken)).GetDbTransaction();
        }
    }

    /// <summary>Looks where usage is summed up from; a log may have been pruned before.</summary>
    private async Task<IReadOnlyList<EndedRequest>> WithoutStoredAsync(IReadOnlyCollection<EndedRequest> queued, CancellationToken cancellationToken)
    {
        var stored = new HashSet<Guid>();
        foreach (var chunk in queued.Select(request => (object)request.RequestId).Chunk(MostIdsInStatement))
        {
            var sql = new SqlText();
            sql.Text = $"SELECT request_id FROM usage_records WHERE request_id IN {sql.Values(chunk)}";
            await foreach (var id in ReadAsync(sql, reader => RequestKey.ToGuid((byte[])reader.GetValue(0)), cancellationToken))
            {
                stored.Add(id);
            }
        }

        return [.. queued.Where(request => !stored.Contains(request.RequestId))];
    }
}
