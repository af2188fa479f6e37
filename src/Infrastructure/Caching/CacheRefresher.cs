using Gateway.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Infrastructure.Caching;

/// <summary>Polls the versions of the cached areas, once a second, and reloads those that changed.</summary>
/// <remarks>The version in the database is the truth; a lost message can therefore not leave an instance behind.</remarks>
internal sealed partial class CacheRefresher(IServiceScopeFactory scopes, IServiceProvider services, TimeProvider clock, ILogger<CacheRefresher> logger)
    : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly Dictionary<string, long> _loadedVersions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _loadedAt = new(StringComparer.Ordinal);
    private ICachedArea[]? _areas;
    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);
    private volatile bool _failing;

    /// <summary>Resolved late: the areas need the database, whose interceptor needs this.</summary>
    /// <remarks>The key ring first: rows of other areas may be sealed with a key that is as new as they are.</remarks>
    public IReadOnlyList<ICachedArea> Areas =>
        _areas ??= [.. services.GetServices<ICachedArea>().OrderByDescending(area => area.Area == CacheArea.SecretKeys)];

    /// <summary>Whether the last poll could not read the database, or not all of it.</summary>
    public bool IsFailing => _failing;

    public DateTimeOffset? LoadedAt(string area)
    {
        lock (_loadedAt)
        {
            return _loadedAt.TryGetValue(area, out var at) ? at : null;
        }
    }

    /// <summary>Reloads every area whose version differs from the loaded one. An area that cannot be read keeps its last snapshot, and holds up no other.</summary>
    /// <exception cref="System.Data.Common.DbException">The database does not answer; or what wraps it (<see cref="DatabaseFailure"/>).</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();

            // Versions first: rows read afterwards are at least as new, so a change in between is loaded again and never missed.
            var versions = await db.CacheVersions.AsNoTracking().ToListAsync(cancellationToken);
            foreach (var area in Areas)
            {
                if (versions.FirstOrDefault(row => row.Area == area.Area) is { } version
                    && (!_loadedVersions.TryGetValue(area.Area, out var loaded) || loaded != version.Version)
                    && await TryReloadAsync(area, scope.ServiceProvider, cancellationToken))
                {
                    _loadedVersions[area.Area] = version.Version;
                    lock (_loadedAt)
                    {
                        _loadedAt[area.Area] = clock.GetUtcNow();
                    }
                }
            }

            _failing = _unreadable.Count > 0;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>The same, for whom a failure changes nothing: it is logged once, and the next poll tries again.</summary>
    public async Task TryRefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RefreshAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            if (!_failing)
            {
                Log.Failed(logger, exception);
            }

            _failing = true;
        }
    }

    /// <summary>Polls until cancelled. While the database is away the last snapshots serve on.</summary>
    public async Task PollAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await TryRefreshAsync(cancellationToken);
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<bool> TryReloadAsync(ICachedArea area, IServiceProvider scope, CancellationToken cancellationToken)
    {
        try
        {
            await area.ReloadAsync(scope, cancellationToken);
            _unreadable.Remove(area.Area);
            return true;
        }
        catch (Exception exception) when (ReadableRows.IsAboutARow(exception))
        {
            if (_unreadable.Add(area.Area))
            {
                Log.Unreadable(logger, exception, area.Area);
            }

            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Cached settings cannot be refreshed: the last ones serve on. Said once until it works again.")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Error, "What is stored of '{Area}' cannot be read: what was read last serves on. Said once until it can.")]
        public static partial void Unreadable(ILogger logger, Exception exception, string area);
    }
}
