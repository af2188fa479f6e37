using System.Collections.Concurrent;
using System.Collections.Frozen;
using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Proxy.Scheduling;

/// <summary>All accounts at one moment, indexed by the names they list.</summary>
internal sealed class AccountSnapshot(IReadOnlyList<UpstreamAccount> accounts)
{
    public static readonly AccountSnapshot Empty = new([]);

    public IReadOnlyList<UpstreamAccount> All { get; } = accounts;

    /// <summary>Accounts by each name in their <c>models</c> or <c>model_mapping</c>.</summary>
    public FrozenDictionary<string, UpstreamAccount[]> ByModel { get; } = accounts
        .SelectMany(account => account.NamedModels, (account, model) => (account, model))
        .GroupBy(pair => pair.model, pair => pair.account, StringComparer.Ordinal)
        .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);

    /// <summary>Accounts that list no models.</summary>
    public IReadOnlyList<UpstreamAccount> Open { get; } = [.. accounts.Where(account => account.IsOpen)];
}

/// <summary>Every account, in memory, credentials opened: a proxied request asks no database.</summary>
internal sealed partial class AccountDirectory(UpstreamAccountFactory factory, ILogger<AccountDirectory> logger) : ICachedArea
{
    private readonly ConcurrentDictionary<long, AccountLoad> _loads = new();
    private AccountSnapshot _snapshot = AccountSnapshot.Empty;
    private long _hits;

    public string Area => CacheArea.Accounts;

    public int Entries => _snapshot.All.Count;

    public long Hits => Interlocked.Read(ref _hits);

    public AccountSnapshot Snapshot
    {
        get
        {
            Interlocked.Increment(ref _hits);
            return _snapshot;
        }
    }

    /// <summary>Enabled or not; null: there is none, or it cannot be read.</summary>
    public UpstreamAccount? Find(long accountId) => _snapshot.All.FirstOrDefault(account => account.Id == accountId);

    public async Task ReloadAsync(IServiceProvider scope, CancellationToken cancellationToken)
    {
        var rows = await scope.GetRequiredService<GatewayDbContext>().Accounts.AsNoTracking()
            .Where(account => account.DeletedAtUtc == null).OrderBy(account => account.Id).ToReadableListAsync(Skip, cancellationToken);
        var accounts = new List<UpstreamAccount>(rows.Count);
        foreach (var row in rows)
        {
            try
            {
                accounts.Add(factory.Create(row, _loads.GetOrAdd(row.Id, static id => new AccountLoad(id))));
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Skip(row.Id, exception);
            }
        }

        _snapshot = new AccountSnapshot(accounts);

        // One account that cannot be read must not take the others with it.
        void Skip(long id, Exception exception) => Log.Unreadable(logger, id, exception.GetBaseException().Message);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Account {AccountId} cannot be used: its stored form cannot be read ({Reason}). Write its credentials and its proxy_url again.")]
        public static partial void Unreadable(ILogger logger, long accountId, string reason);
    }
}
