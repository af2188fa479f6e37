using System.Collections.Concurrent;
using Gateway.Infrastructure.Redis;
using Gateway.Infrastructure.Time;
using Gateway.Proxy.Metering.Queries;
using Microsoft.EntityFrameworkCore;
using StackExchange.Redis;

namespace Gateway.Proxy.Metering.Limits;

/// <summary>
/// What keys and accounts have used in the windows of their limits, counted in Redis by settling. Where Redis does not know it, it is made from the database and the queue: set, never added, and while it is being made
/// nothing of that key or account is settled on any instance. Thread-safe.
/// </summary>
internal sealed partial class LimitCounters(RedisConnection redis, UnsyncedUsage unsynced, TimeProvider clock, ILogger<LimitCounters> logger)
{
    /// <summary>Counters that nobody uses are forgotten after this.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(40);

    // Who makes them has so long; after that somebody else may.
    private static readonly TimeSpan MakingLease = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private static readonly RedisScript MakeScript = RedisScript.Load("Proxy.Metering.Limits.MakeCounters.lua");
    private static readonly RedisScript ForgetScript = RedisScript.Load("Proxy.Metering.Limits.ForgetCounters.lua");

    private readonly ConcurrentDictionary<string, Task> _making = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<LimitKeys, byte> _forgotten = new();

    /// <summary>Makes the counters for the windows of a moment, or waits until somebody else has.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="System.Data.Common.DbException">The database is away.</exception>
    public async Task MakeAsync(LimitOwner owner, DateTime at, CancellationToken cancellationToken)
    {
        // One for all requests of this instance; it goes on for the others when one of them ends.
        var making = _making.GetOrAdd(owner.Name, static (_, make) => make(), () => Task.Run(() => MakeOrWaitAsync(owner, at), CancellationToken.None));
        try
        {
            await making.WaitAsync(cancellationToken);
        }
        finally
        {
            if (making.IsCompleted)
            {
                _making.TryRemove(new KeyValuePair<string, Task>(owner.Name, making));
            }
        }
    }

    /// <summary>Notes that a request came to the database without being settled: the counters of its key and its account are made anew, as soon as Redis is there.</summary>
    public void Forget(EndedRequest request)
    {
        Forget(LimitKeys.OfApiKey(request.UserId, request.ApiKeyId));
        if (request.AccountId is { } accountId)
        {
            Forget(LimitKeys.OfAccount(accountId));
        }
    }

    /// <summary>The same for one key or account.</summary>
    public void Forget(LimitKeys keys) => _forgotten.TryAdd(keys, 0);

    /// <summary>Has the counters made anew that were noted.</summary>
    /// <exception cref="RedisException">Redis is away: it is tried again.</exception>
    public async Task ForgetNotedAsync()
    {
        foreach (var keys in _forgotten.Keys)
        {
            _forgotten.TryRemove(keys, out _);
            try
            {
                await ForgetScript.RunAsync(redis.Database, [keys.Counters, keys.Making], []);
            }
            catch
            {
                Forget(keys);
                throw;
            }
        }
    }

    /// <summary>How far each limit is used: as Redis has it, else as the database does.</summary>
    public async Task<IReadOnlyList<UsedOfLimit>> ReadAsync(LimitOwner owner, DateTime at, CancellationToken cancellationToken)
    {
        var limits = owner.Limits;
        if (redis.IsResponsive && limits.Rules.Count > 0)
        {
            var known = await ReadCountersAsync(owner, at);
            if (known is null)
            {
                await MakeAsync(owner, at, cancellationToken);
                known = await ReadCountersAsync(owner, at);
            }

            if (known is not null)
            {
                return known;
            }
        }

        var stored = await ReadStoredAsync(owner, [.. limits.Rules.Where(rule => !rule.IsFleeting)], at, cancellationToken);
        return [.. limits.Rules.Select(rule => rule.IsFleeting ? new UsedOfLimit(rule, rule.WindowAt(at), 0, 0) : stored.Single(limit => limit.Rule == rule))];
    }

    /// <summary>What was used of each rule, in one consistent look at the database and the queue.</summary>
    public async Task<IReadOnlyList<UsedOfLimit>> ReadStoredAsync(LimitOwner owner, IReadOnlyList<LimitRule> rules, DateTime at, CancellationToken cancellationToken)
    {
        var used = new List<UsedOfLimit>(rules.Count);
        await using var snapshot = await unsynced.OpenAsync(owner.Usage, TimeRange.Always, cancellationToken);
        foreach (var windows in rules.GroupBy(rule => rule.WindowAt(at)))
        {
            if (windows.Key == LimitWindow.Lifetime)
            {
                var stored = await snapshot.Db.ApiKeys.AsNoTracking().Where(row => row.Id == owner.ApiKeyId).Select(row => row.SpentNanoUsd).SingleOrDefaultAsync(cancellationToken);
                var billed = stored + snapshot.Unsynced.Sum(request => request.Usage!.BilledNanoUsd);
                used.AddRange(windows.Select(rule => new UsedOfLimit(rule, windows.Key, billed, 0)));
                continue;
            }

            var byModel = new List<UsageGroup>();
            await foreach (var group in UsageSumsQuery.ByAsync(snapshot, UsageDimension.Model, new TimeRange(windows.Key.StartUtc, windows.Key.EndUtc), owner.Usage, cancellationToken))
            {
                byModel.Add(group);
            }

            used.AddRange(windows.Select(rule => new UsedOfLimit(rule, windows.Key, byModel.Where(group => rule.Counts(group.Key)).Sum(group => rule.AmountOf(group.Sums)), 0)));
        }

        return used;
    }

    /// <returns>Null: Redis does not know.</returns>
    private async Task<UsedOfLimit[]?> ReadCountersAsync(LimitOwner owner, DateTime at)
    {
        var limits = owner.Limits;
        RedisValue[] fields = [.. limits.Rules.Select(rule => (RedisValue)ReservedAmount.FieldOf(rule, rule.WindowAt(at)))];
        var reading = redis.Database.HashGetAsync(owner.Keys.Reserved, fields);
        var used = await redis.Database.HashGetAsync(owner.Keys.Counters, ["?", .. fields]);
        var reserved = await reading;
        return limits.Signature.Length > 0 && used[0] != limits.Signature
            ? null
            : [.. limits.Rules.Select((rule, i) => new UsedOfLimit(rule, rule.WindowAt(at), (long)used[i + 1], (long)reserved[i]))];
    }

    private async Task MakeOrWaitAsync(LimitOwner owner, DateTime at)
    {
        var making = owner.Keys.Making;
        var token = Guid.NewGuid().ToString("N");
        if (!await redis.Database.StringSetAsync(making, token, MakingLease, When.NotExists))
        {
            while (await redis.Database.KeyExistsAsync(making))
            {
                await Task.Delay(Poll, clock);
            }

            return;
        }

        try
        {
            var limits = owner.Limits;
            var used = await ReadStoredAsync(owner, [.. limits.Rules.Where(rule => !rule.IsFleeting)], at, CancellationToken.None);
            var arguments = new List<RedisValue> { token, (long)Life.TotalSeconds, limits.Signature };
            foreach (var limit in used)
            {
                arguments.Add(ReservedAmount.FieldOf(limit.Rule, limit.Window));
                arguments.Add(limit.Used);
            }

            await MakeScript.RunAsync(redis.Database, [owner.Keys.Counters, making], [.. arguments]);
            Log.Made(logger, owner.Name);
        }
        catch (Exception exception) when (!RedisFailure.Is(exception))
        {
            await redis.Database.LockReleaseAsync(making, token); // Without Redis the lease ends by itself.
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "What {Owner} has used was counted anew from the database and the queue")]
        public static partial void Made(ILogger logger, string owner);
    }
}
