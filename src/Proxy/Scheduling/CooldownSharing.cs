using Gateway.Infrastructure.Hosting;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Neutral;
using Microsoft.EntityFrameworkCore;
using StackExchange.Redis;

namespace Gateway.Proxy.Scheduling;

/// <summary>
/// Keeps the cooldowns of all instances alike within a second, through Redis, and writes them to the database behind, so that a restart does not forget a limit of days.
/// Without Redis or the database each instance goes by what it knows itself.
/// </summary>
internal sealed partial class CooldownSharing(
    Cooldowns cooldowns, RedisConnection redis, IServiceScopeFactory scopes, TimeProvider clock, ILogger<CooldownSharing> logger) : BackgroundService, IStartupStep
{
    private const int EvidenceMaxLength = 500;

    // No family has this name.
    private const string AllFamilies = "*";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly RedisScript SetScript = RedisScript.Load("Proxy.Scheduling.SetCooldown.lua");
    private static readonly RedisScript ClearScript = RedisScript.Load("Proxy.Scheduling.ClearCooldown.lua");

    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly Dictionary<(long AccountId, string ModelFamily), CooldownChange> _unwritten = [];
    private readonly Dictionary<(long AccountId, string ModelFamily), CooldownChange> _unshared = [];
    private RedisValue _seen = RedisValue.Null;
    private bool _isFailing;

    /// <summary>Loads what the database knows.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow().UtcDateTime;
        foreach (var row in await scope.ServiceProvider.GetRequiredService<GatewayDbContext>().AccountCooldowns.AsNoTracking().Where(row => row.UntilUtc > now).ToListAsync(cancellationToken))
        {
            if (FailureKinds.Parse(row.Reason) is { } kind)
            {
                cooldowns.Set(new CooldownMark(row.AccountId, row.ModelFamily, kind, row.Evidence, row.CreatedAtUtc, row.UntilUtc, 1));
            }
        }

        _loaded.TrySetResult();
    }

    /// <summary>Waits until what this instance has changed is known to all, as far as Redis and the database are there.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            while (cooldowns.Changes.TryRead(out var change))
            {
                Note(_unshared, change);
                Note(_unwritten, change);
            }

            await ShareAsync();
            await WriteAsync(cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Forgets what is over, and cannot let the next pause grow any more: here, in Redis and in the database.</summary>
    public async Task PruneAsync(CancellationToken cancellationToken)
    {
        cooldowns.Prune();
        var forgotten = clock.GetUtcNow() - CooldownPolicy.Memory;
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<GatewayDbContext>().AccountCooldowns.Where(row => row.UntilUtc < forgotten.UtcDateTime).ExecuteDeleteAsync(cancellationToken);
        if (!redis.IsConnected)
        {
            return; // The next turn is soon enough.
        }

        foreach (var mark in (await redis.Database.HashGetAllAsync(RedisKeys.Cooldowns)).Select(SharedMark.Read).OfType<CooldownMark>().Where(mark => mark.Until < forgotten))
        {
            await ClearAsync(SharedMark.Scope(mark.AccountId, mark.ModelFamily), mark.Since);
        }

        var oldest = (clock.GetUtcNow() - Cooldowns.LongestAttempt).ToUnixTimeMilliseconds();
        var old = (await redis.Database.HashGetAllAsync(RedisKeys.Recoveries)).Where(recovery => (long)recovery.Value < oldest).Select(recovery => recovery.Name).ToArray();
        if (old.Length > 0)
        {
            await redis.Database.HashDeleteAsync(RedisKeys.Recoveries, old);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_loaded.Task.IsCompleted)
        {
            await FlushAsync(cancellationToken);
        }
    }

    public override void Dispose()
    {
        _oneAtATime.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _loaded.Task.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(Interval, clock);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FlushAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The rest is written when the service stops.
        }
    }

    /// <summary>Only the last change of a scope counts: however long Redis or the database are away, there are no more than scopes.</summary>
    private static void Note(Dictionary<(long AccountId, string ModelFamily), CooldownChange> changes, CooldownChange change)
    {
        if (change.ModelFamily is { } family)
        {
            changes[(change.AccountId, family)] = change;
            return;
        }

        foreach (var key in changes.Keys.Where(key => key.AccountId == change.AccountId).ToList())
        {
            changes.Remove(key);
        }

        changes[(change.AccountId, AllFamilies)] = change;
    }

    private async Task ShareAsync()
    {
        if (!redis.IsConnected)
        {
            return;
        }

        try
        {
            var before = clock.GetUtcNow();
            await SendAsync(_unshared.Values);
            _unshared.Clear();
            var version = await redis.Database.StringGetAsync(RedisKeys.CooldownVersion);
            if (version.IsNull)
            {
                // An empty Redis, perhaps a new one: what is known here is all there is.
                await SendAsync([.. cooldowns.All.Where(mark => mark.IsPause && !mark.IsOfANameOnly).Select(mark => new CooldownChange(mark.AccountId, mark.ModelFamily, mark, mark.Since))]);
                await redis.Database.StringSetAsync(RedisKeys.CooldownVersion, 1, when: When.NotExists);
            }
            else if (version != _seen)
            {
                await ReceiveAsync(before);
                _seen = version;
            }

            NoteFailure(null);
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            NoteFailure(exception.Message);
        }
    }

    private async Task SendAsync(IEnumerable<CooldownChange> changes)
    {
        foreach (var change in changes)
        {
            if (change.Mark is { IsPause: true } mark)
            {
                await SendAsync(mark);
            }
            else if (change is { Mark: null, ModelFamily: { } family })
            {
                await ClearAsync(SharedMark.Scope(change.AccountId, family), change.At);
            }
            else if (change.Mark is null)
            {
                await RecoverAsync(change.AccountId, change.At);
            }
        }
    }

    private async Task SendAsync(CooldownMark mark)
    {
        var answer = (int)await SetScript.RunAsync(
            redis.Database,
            [RedisKeys.Cooldowns, RedisKeys.CooldownVersion, RedisKeys.Recoveries],
            [SharedMark.Scope(mark.AccountId, mark.ModelFamily), mark.Until.ToUnixTimeMilliseconds(), SharedMark.Write(mark), mark.AccountId, mark.BeganAt.ToUnixTimeMilliseconds()]);
        if (answer < 0)
        {
            cooldowns.NoteRecovery(mark.AccountId, mark.BeganAt);
            _unwritten.Remove((mark.AccountId, mark.ModelFamily));
        }
    }

    private Task ClearAsync(string scope, DateTimeOffset before) =>
        ClearScript.RunAsync(redis.Database, [RedisKeys.Cooldowns, RedisKeys.CooldownVersion], [scope, before.ToUnixTimeMilliseconds()]);

    private async Task RecoverAsync(long accountId, DateTimeOffset at)
    {
        // The time before the marks: one that is set in between is refused.
        await redis.Database.HashSetAsync(RedisKeys.Recoveries, accountId, at.ToUnixTimeMilliseconds());
        foreach (var mark in (await redis.Database.HashGetAllAsync(RedisKeys.Cooldowns)).Select(SharedMark.Read).OfType<CooldownMark>())
        {
            if (mark.AccountId == accountId && mark.BeganAt <= at)
            {
                await ClearAsync(SharedMark.Scope(accountId, mark.ModelFamily), mark.Since);
            }
        }

        await redis.Database.StringIncrementAsync(RedisKeys.CooldownVersion);
    }

    /// <param name="before">What was set here before is in Redis, unless somebody has cleared it.</param>
    private async Task ReceiveAsync(DateTimeOffset before)
    {
        foreach (var recovery in await redis.Database.HashGetAllAsync(RedisKeys.Recoveries))
        {
            cooldowns.NoteRecovery((long)recovery.Name, DateTimeOffset.FromUnixTimeMilliseconds((long)recovery.Value));
        }

        var marks = (await redis.Database.HashGetAllAsync(RedisKeys.Cooldowns)).Select(SharedMark.Read).OfType<CooldownMark>().ToList();
        var known = marks.Select(mark => (mark.AccountId, mark.ModelFamily)).ToHashSet();
        foreach (var mark in cooldowns.All.Where(mark => mark.IsPause && !mark.IsOfANameOnly && mark.Since < before && !known.Contains((mark.AccountId, mark.ModelFamily))).ToList())
        {
            cooldowns.Forget(mark.AccountId, mark.ModelFamily, before);
        }

        foreach (var mark in marks)
        {
            cooldowns.Set(mark);
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        if (_unwritten.Count == 0)
        {
            return;
        }

        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
            await using var transaction = await WriteTransaction.BeginAsync(db, System.Data.IsolationLevel.ReadCommitted, cancellationToken);
            foreach (var ((accountId, family), change) in _unwritten.OrderBy(pair => pair.Key.AccountId).ThenBy(pair => pair.Key.ModelFamily, StringComparer.Ordinal))
            {
                var at = change.At.UtcDateTime;
                await db.AccountCooldowns
                    .Where(row => row.AccountId == accountId && (family == AllFamilies || row.ModelFamily == family) && row.CreatedAtUtc <= at).ExecuteDeleteAsync(cancellationToken);
                if (change.Mark is { IsPause: true } mark)
                {
                    db.AccountCooldowns.Add(new AccountCooldown
                    {
                        AccountId = accountId,
                        ModelFamily = family,
                        Reason = mark.Kind.Name(),
                        Evidence = mark.Evidence is { Length: > EvidenceMaxLength } evidence ? evidence[..EvidenceMaxLength] : mark.Evidence,
                        UntilUtc = mark.Until.UtcDateTime,
                        CreatedAtUtc = mark.Since.UtcDateTime,
                    });
                }
            }

            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (DatabaseFailure.Of(exception) is null)
        {
            Log.NotWritten(logger, exception.GetBaseException().Message); // Another instance was quicker, and knows as much.
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            NoteFailure(exception.GetBaseException().Message);
            return;
        }

        _unwritten.Clear();
    }

    private void NoteFailure(string? reason)
    {
        if (reason is not null && !_isFailing)
        {
            Log.Failed(logger, reason);
        }

        _isFailing = reason is not null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Cooldowns of accounts are not shared with other instances, or not written down, at the moment: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Debug, "Cooldowns were not written: {Reason}")]
        public static partial void NotWritten(ILogger logger, string reason);
    }
}
