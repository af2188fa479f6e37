using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Redis;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using StackExchange.Redis;

namespace Gateway.Proxy.Scheduling.Sessions;

/// <summary>
/// Which account a session of an API key is served by: its provider's prompt cache is there. In Redis, for all instances; while Redis is away each goes by what it bound itself. Thread-safe.
/// </summary>
internal sealed partial class SessionAffinity(RedisConnection redis, DynamicConfigs configs, TimeProvider clock, ILogger<SessionAffinity> logger) : ICachedArea, IDisposable
{
    private const int MostRemembered = 100_000;

    private readonly MemoryCache _remembered = new(new MemoryCacheOptions { SizeLimit = MostRemembered, Clock = new CacheClock(clock) });

    // Part of the names in Redis: a new one leaves everything behind that was bound before.
    private long _generation;
    private long _hits;

    public string Area => CacheArea.Sessions;

    /// <summary>Sessions that this instance has bound.</summary>
    public int Entries => _remembered.Count;

    public long Hits => Interlocked.Read(ref _hits);

    public bool IsOn => configs.Get(SessionSettings.LifetimeSeconds) > 0;

    private TimeSpan Lifetime => TimeSpan.FromSeconds(configs.Get(SessionSettings.LifetimeSeconds));

    /// <summary>The account that a session is bound to, which lives on for being used; null: none.</summary>
    public async Task<long?> FindAsync(long userId, long apiKeyId, string sessionId)
    {
        _remembered.TryGetValue((apiKeyId, sessionId), out _); // It is used here, too, and lives on.
        var accountId = await AskAsync(apiKeyId, sessionId, async () => (long?)await redis.Database.StringGetSetExpiryAsync(NameOf(userId, apiKeyId, sessionId), Lifetime));
        if (accountId is not null)
        {
            Interlocked.Increment(ref _hits);
        }

        return accountId;
    }

    /// <summary>The account that a session is bound to, for whoever does not use it; null: none.</summary>
    public Task<long?> PeekAsync(long userId, long apiKeyId, string sessionId) =>
        AskAsync(apiKeyId, sessionId, async () => (long?)await redis.Database.StringGetAsync(NameOf(userId, apiKeyId, sessionId)));

    /// <summary>Binds the session of a call to the account that has begun to answer, unless it is bound already or about to come back to another one. Waits for nothing.</summary>
    public void Bind(ProxyCall call)
    {
        if (!call.BindsSession || call.Session is not { } session)
        {
            return;
        }

        call.BindsSession = false;
        var lifetime = Lifetime;
        if (lifetime <= TimeSpan.Zero)
        {
            return;
        }

        var accountId = call.Account!.Id;
        _remembered.Set((call.Key.Id, session.Id), accountId, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = lifetime });
        _ = SetAsync(NameOf(call.Key.UserId, call.Key.Id, session.Id), accountId, lifetime);
    }

    /// <summary>Takes over the generation that the database has: whoever drops this area gives it a new one.</summary>
    public async Task ReloadAsync(IServiceProvider scope, CancellationToken cancellationToken)
    {
        var row = await scope.GetRequiredService<GatewayDbContext>().CacheVersions.AsNoTracking().SingleAsync(version => version.Area == Area, cancellationToken);
        Interlocked.Exchange(ref _generation, row.Version);
        _remembered.Clear();
    }

    public void Dispose() => _remembered.Dispose();

    private RedisKey NameOf(long userId, long apiKeyId, string sessionId) => RedisKeys.Session(userId, apiKeyId, $"{Interlocked.Read(ref _generation):x}:{sessionId}");

    /// <summary>Asks Redis, and where that is away or has lost it what this instance has bound itself.</summary>
    private async Task<long?> AskAsync(long apiKeyId, string sessionId, Func<Task<long?>> ask)
    {
        if (redis.IsResponsive)
        {
            try
            {
                if (await ask() is { } found)
                {
                    return found;
                }
            }
            catch (Exception exception) when (RedisFailure.Is(exception))
            {
                redis.NoteUnresponsive();
                Log.NotFound(logger, exception.Message);
            }
        }

        return _remembered.TryGetValue((apiKeyId, sessionId), out long accountId) ? accountId : null;
    }

    private async Task SetAsync(RedisKey name, long accountId, TimeSpan lifetime)
    {
        try
        {
            if (redis.IsConnected)
            {
                await redis.Database.StringSetAsync(name, accountId, lifetime);
            }
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.NotBound(logger, exception.Message);
        }
    }

    private sealed class CacheClock(TimeProvider clock) : Microsoft.Extensions.Internal.ISystemClock
    {
        public DateTimeOffset UtcNow => clock.GetUtcNow();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Redis does not say which account a session is bound to; it goes by what this instance knows: {Reason}")]
        public static partial void NotFound(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "Redis does not keep which account a session is bound to; this instance does: {Reason}")]
        public static partial void NotBound(ILogger logger, string reason);
    }
}
