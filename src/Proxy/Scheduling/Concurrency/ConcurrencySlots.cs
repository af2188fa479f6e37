using System.Collections.Concurrent;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Redis;
using StackExchange.Redis;

namespace Gateway.Proxy.Scheduling.Concurrency;

/// <summary>
/// Gives out the slots of accounts and API keys as leases in Redis. A lease is renewed as long as its request lives and freed once, however it ends; those of a process that
/// died end by themselves. Without Redis each instance goes by what it gave out itself.
/// </summary>
internal sealed partial class ConcurrencySlots(RedisConnection redis, DynamicConfigs configs, TimeProvider clock, ILogger<ConcurrencySlots> logger) : BackgroundService
{
    /// <summary>After this the slots of an instance that died are free.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(10);

    // One that waits asks each second; a process that died does not.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan FullHint = TimeSpan.FromMilliseconds(100);

    private const int MostInRenewal = 500;

    private static readonly RedisScript TakeScript = RedisScript.Load("Infrastructure.Redis.Clock.lua", "Proxy.Scheduling.Concurrency.Slots.lua", "Proxy.Scheduling.Concurrency.TakeSlot.lua");
    private static readonly RedisScript RenewScript = RedisScript.Load("Infrastructure.Redis.Clock.lua", "Proxy.Scheduling.Concurrency.Slots.lua", "Proxy.Scheduling.Concurrency.RenewSlots.lua");

    // Those of which this instance holds a slot.
    private readonly ConcurrentDictionary<SlotPool, byte> _inUse = new();

    /// <summary>Takes a slot if one is free and nobody waits for it.</summary>
    public async ValueTask<bool> TryTakeAsync(SlotPool pool, Guid id, int most)
    {
        var answer = await AskAsync(pool, id, most, 0);
        if (answer is { } place ? place == 0 : pool.TryHold(id, most, null))
        {
            Note(pool, id);
            return true;
        }

        pool.NoteFull(clock.GetUtcNow() + FullHint);
        return false;
    }

    /// <summary>Takes a slot, after a wait in the queue if need be.</summary>
    /// <param name="limit">The longest wait; none: whoever finds no slot goes without.</param>
    /// <returns>Whether there is one.</returns>
    public async ValueTask<bool> TakeAsync(SlotPool pool, Guid id, int most, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (await TryTakeAsync(pool, id, most))
        {
            return true;
        }

        using var place = limit > TimeSpan.Zero ? Queue(pool, id, most) : null;
        while (place is not null)
        {
            switch (await place.AskAsync())
            {
                case SlotAnswer.Taken:
                    return true;
                case SlotAnswer.Waiting when place.Waited < limit:
                    await place.WaitAsync(cancellationToken);
                    break;
                default:
                    return false;
            }
        }

        return false;
    }

    /// <summary>A place in the queue; null: so many wait already that waiting is of no use.</summary>
    public SlotPlace? Queue(SlotPool pool, Guid id, int most)
    {
        var place = new SlotPlace(this, pool, id, most, clock.GetTimestamp(), clock);
        return pool.TryEnter(place, configs.Get(ConcurrencySettings.QueueLength)) ? place : null;
    }

    /// <summary>Called by places only.</summary>
    public async ValueTask<SlotAnswer> AskAsync(SlotPlace place)
    {
        var answer = await AskAsync(place.Pool, place.Id, place.Most, configs.Get(ConcurrencySettings.QueueLength));
        if (answer is { } number ? number == 0 : place.Pool.TryHold(place.Id, place.Most, place))
        {
            Note(place.Pool, place.Id);
            return SlotAnswer.Taken;
        }

        return answer < 0 ? SlotAnswer.QueueFull : SlotAnswer.Waiting;
    }

    /// <summary>Gives a slot back; more than once does no harm. Waits for nothing.</summary>
    public void Release(SlotPool pool, Guid id)
    {
        // Redis gets it first: who waits here asks on the same connection, and so after it.
        Send(database => database.SortedSetRemove(pool.Slots, Name(id), CommandFlags.FireAndForget));
        pool.Free(id);
    }

    /// <summary>Called by places only.</summary>
    public void LeaveQueue(SlotPlace place) => Send(database =>
    {
        // Not from the slots: the request may have got one of them otherwise.
        database.SortedSetRemove(place.Pool.Keys[1], Name(place.Id), CommandFlags.FireAndForget);
        database.SortedSetRemove(place.Pool.Keys[2], Name(place.Id), CommandFlags.FireAndForget);
    });

    /// <summary>Renews everything that this instance holds.</summary>
    public async Task RenewAsync()
    {
        if (!redis.IsConnected)
        {
            return;
        }

        try
        {
            await Task.WhenAll(_inUse.Keys.Select(RenewAsync));
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.NotRenewed(logger, exception.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RenewalInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RenewAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The server has stopped: no request holds anything any more.
        }
    }

    private async Task RenewAsync(SlotPool pool)
    {
        var held = pool.Held;
        if (held.Length == 0)
        {
            // Whoever takes a slot meanwhile is seen at the next turn, long before its lease ends.
            _inUse.TryRemove(pool, out _);
            if (pool.Held.Length > 0)
            {
                _inUse.TryAdd(pool, 0);
            }

            return;
        }

        try
        {
            foreach (var some in held.Chunk(MostInRenewal))
            {
                await RenewScript.RunAsync(redis.Database, [pool.Slots], [(long)Lease.TotalMilliseconds, .. some.Select(Name)]);
            }
        }
        finally
        {
            // What was freed after it was read here is in Redis again.
            foreach (var id in held.Where(id => !pool.IsHeld(id)))
            {
                Send(database => database.SortedSetRemove(pool.Slots, Name(id), CommandFlags.FireAndForget));
            }
        }
    }

    /// <returns>What take() returned; null: Redis does not answer.</returns>
    private async ValueTask<int?> AskAsync(SlotPool pool, Guid id, int most, int longestQueue)
    {
        if (!redis.IsResponsive)
        {
            return null;
        }

        try
        {
            return (int)await TakeScript.RunAsync(redis.Database, pool.Keys, [Name(id), most, (long)Lease.TotalMilliseconds, longestQueue, (long)Silence.TotalMilliseconds]);
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            redis.NoteUnresponsive();
            Log.Away(logger, exception.Message);
            Forget(pool, id); // It may have been heard all the same. Who gets a slot by what is known here has a lease again with the next renewal.
            return null;
        }
    }

    private void Forget(SlotPool pool, Guid id) => Send(database =>
    {
        foreach (var key in pool.Keys)
        {
            database.SortedSetRemove(key, Name(id), CommandFlags.FireAndForget);
        }
    });

    private void Note(SlotPool pool, Guid id)
    {
        pool.Hold(id);
        _inUse.TryAdd(pool, 0);
    }

    private void Send(Action<IDatabase> command)
    {
        if (!redis.IsConnected)
        {
            return; // The lease ends by itself.
        }

        try
        {
            command(redis.Database);
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.Away(logger, exception.Message);
        }
    }

    private static RedisValue Name(Guid id) => id.ToString("N");

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Redis does not give out slots; for a moment each instance counts its own requests: {Reason}")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "The leases of slots could not be renewed; it is tried again: {Reason}")]
        public static partial void NotRenewed(ILogger logger, string reason);
    }
}
