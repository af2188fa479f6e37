using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;
using StackExchange.Redis;

namespace Gateway.Proxy.Metering.Limits;

/// <summary>
/// Reserves what requests may come to use of the limits of their keys, for all instances at once, so that no number of them goes beyond. A reservation is a lease: renewed until its request is settled, and taken back
/// where the process that made it died. Thread-safe.
/// </summary>
internal sealed partial class Reservations(
    RedisConnection redis, RedisClock redisClock, UsageQueue queue, LimitCounters counters, RequestNeeds needs, OfflineAllowance offline, TimeProvider clock, ILogger<Reservations> logger)
    : BackgroundService
{
    /// <summary>After this the reservations of an instance that died are void.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstRenewal = TimeSpan.FromSeconds(1);

    // Instances' clocks differ a little, and a request may have been long on its way in.
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestMaking = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private const int MostInRenewal = 200;

    private static readonly RedisScript ReserveScript = Script("Reserve");
    private static readonly RedisScript RenewScript = Script("RenewReservations");
    private static readonly RedisScript DropScript = Script("DropReservations");

    private readonly ConcurrentDictionary<Guid, Reservation> _held = new();
    private readonly string _instance = Guid.NewGuid().ToString("N");
    private long _caughtUp;

    /// <summary>How often Redis may have lost what it had.</summary>
    public long Losses => redis.Breaks + queue.Losses;

    /// <summary>Reserves what a request needs. What is reserved goes back when the request is settled.</summary>
    /// <returns>Null: the request may go on; or why it may not.</returns>
    public ValueTask<Failure?> ReserveAsync(ProxyCall call, CancellationToken cancellationToken)
    {
        var terms = call.Key.Terms;
        if (!call.Operation.IsBilled())
        {
            return default;
        }

        if (terms is { BillingMode: BillingMode.Subscription, Subscription: { } subscription } && OutsideOf(subscription, call.CreatedAtUtc) is { } outside)
        {
            return ValueTask.FromResult<Failure?>(outside);
        }

        var limits = KeyLimits.Of(terms);
        return limits.Rules.Count == 0 ? default : ReserveAsync(call, limits, cancellationToken);
    }

    /// <summary>Notes that requests are settled, and with that their reservations gone.</summary>
    public void Settled(IEnumerable<Guid> requestIds)
    {
        foreach (var id in requestIds)
        {
            _held.TryRemove(id, out _);
        }
    }

    /// <summary>Notes that Redis has again what this instance knows of: until then requests go by what it had heard before, since Redis would say that more is left than there is.</summary>
    /// <param name="losses">The losses that are repaired.</param>
    public void CatchUp(long losses) => Interlocked.Exchange(ref _caughtUp, losses);

    /// <summary>Renews all that this instance holds, and makes it again where Redis has lost it.</summary>
    public async Task RenewAsync()
    {
        if (!redis.IsConnected)
        {
            return;
        }

        try
        {
            await CountInstancesAsync();
            foreach (var held in _held.Values.GroupBy(reservation => reservation.Key.Id))
            {
                foreach (var some in held.Chunk(MostInRenewal))
                {
                    await RenewAsync(some);
                }
            }
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.NotRenewed(logger, exception.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(FirstRenewal, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RenewAsync();
                timer.Period = redis.IsConnected ? RenewalInterval : FirstRenewal;
            }
        }
        catch (OperationCanceledException)
        {
            // The server has stopped: the meter settles what is left.
        }
    }

    private async ValueTask<Failure?> ReserveAsync(ProxyCall call, KeyLimits limits, CancellationToken cancellationToken)
    {
        for (var began = clock.GetTimestamp(); ;)
        {
            var amounts = needs.Of(call, limits.Rules);
            if (amounts.Count == 0)
            {
                return null;
            }

            var blocked = amounts.FindIndex(amount => amount.Rule.Limit == 0);
            if (blocked >= 0)
            {
                return LimitReached.Failure(new UsedOfLimit(amounts[blocked].Rule, amounts[blocked].Window, 0, 0), Math.Max(1, amounts[blocked].Need), redisClock.UtcNow);
            }

            var reservation = new Reservation(call.RequestId, call.Key, amounts);
            if (await AskAsync(reservation, limits) is not { } answer)
            {
                return TakeOffline(call, reservation);
            }

            redisClock.Note((long)answer[1]);
            switch ((int)answer[0])
            {
                case 1:
                    Hold(call, reservation, answer);
                    return null;
                case 0:
                    var (rule, window, need) = amounts[(int)answer[2]];
                    var reached = new UsedOfLimit(rule, window, (long)answer[3], (long)answer[4]);
                    RateLimitHeaders.Write(call.Http.Response, [reached], redisClock.UtcNow);
                    return LimitReached.Failure(reached, need, redisClock.UtcNow);
                case -1:
                    call.CreatedAtUtc = redisClock.UtcNow; // Its own clock was wrong, or it took its time to come: it counts from now on.
                    break;
                case -2:
                    if (await MakeAsync(call, cancellationToken) is { } failure)
                    {
                        return failure;
                    }

                    break;
                default:
                    await Task.Delay(Poll, clock, cancellationToken);
                    break;
            }

            if (clock.GetElapsedTime(began) > LongestMaking)
            {
                return Unknown();
            }
        }
    }

    private async Task<Failure?> MakeAsync(ProxyCall call, CancellationToken cancellationToken)
    {
        try
        {
            await queue.CheckAsync();
            if (Losses != Interlocked.Read(ref _caughtUp))
            {
                return null; // What is not in the database has to come back first.
            }

            await counters.MakeAsync(call.Key, call.CreatedAtUtc, cancellationToken);
            return null;
        }
        catch (Exception exception) when (exception is DbException || DatabaseFailure.Of(exception) is not null || RedisFailure.Is(exception))
        {
            Log.NotCounted(logger, call.Key.Id, exception.Message);
            return Unknown();
        }
    }

    private static Failure Unknown() =>
        new(FailureKind.Unavailable, "The gateway cannot tell at the moment what this API key has used. Try again in a few seconds.", RetryAfter: RetryAfter);

    private static Failure? OutsideOf(Subscription subscription, DateTime utc) =>
        subscription.StartsAt is { } starts && utc < starts
            ? new Failure(FailureKind.ForbiddenClient, $"The subscription of this API key begins at {starts:yyyy-MM-ddTHH:mm:ssZ}.")
            : subscription.EndsAt is { } ends && utc >= ends
                ? new Failure(FailureKind.ForbiddenClient, $"The subscription of this API key ended at {ends:yyyy-MM-ddTHH:mm:ssZ}. Have it renewed.")
                : null;

    private void Hold(ProxyCall call, Reservation reservation, RedisResult[] answer)
    {
        _held[call.RequestId] = reservation;
        call.Reservation = reservation;
        var limits = new UsedOfLimit[reservation.Amounts.Count];
        for (var i = 0; i < limits.Length; i++)
        {
            var (rule, window, need) = reservation.Amounts[i];
            limits[i] = new UsedOfLimit(rule, window, (long)answer[2 + (2 * i)], (long)answer[3 + (2 * i)] + need);
        }

        offline.Note(call.Key.Id, limits);
        RateLimitHeaders.Write(call.Http.Response, limits, redisClock.UtcNow);
    }

    private Failure? TakeOffline(ProxyCall call, Reservation reservation)
    {
        if (!offline.TryTake(reservation))
        {
            return new Failure(
                FailureKind.Unavailable, "The gateway cannot check the limits of this API key at the moment. Try again in a few seconds.", RetryAfter: RetryAfter);
        }

        _held[call.RequestId] = reservation; // Redis hears of it when it is back.
        call.Reservation = reservation;
        return null;
    }

    /// <returns>What the script returned; null: Redis does not answer.</returns>
    private async ValueTask<RedisResult[]?> AskAsync(Reservation reservation, KeyLimits limits)
    {
        if (!redis.IsResponsive || Losses != Interlocked.Read(ref _caughtUp))
        {
            return null;
        }

        var (userId, keyId) = (reservation.Key.UserId, reservation.Key.Id);
        var arguments = new RedisValue[4 + (5 * reservation.Amounts.Count)];
        (arguments[0], arguments[1], arguments[2], arguments[3]) = (Name(reservation), (long)Lease.TotalMilliseconds, reservation.Entry, limits.Signature);
        var at = 4;
        foreach (var amount in reservation.Amounts)
        {
            arguments[at++] = amount.Field;
            arguments[at++] = ReservedAmount.Milliseconds(amount.Window.StartUtc - Early);
            arguments[at++] = ReservedAmount.Milliseconds(amount.Window.EndUtc + Late);
            arguments[at++] = amount.Rule.Limit;
            arguments[at++] = amount.Need;
        }

        try
        {
            var answer = await ReserveScript.RunAsync(
                redis.Database,
                [RedisKeys.Counters(userId, keyId), RedisKeys.CountersMaking(userId, keyId), RedisKeys.Reserved(userId, keyId), RedisKeys.ReservedLeases(userId, keyId)],
                arguments);
            return (RedisResult[])answer!;
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            redis.NoteUnresponsive();
            Log.Away(logger, exception.Message);
            return null;
        }
    }

    private async Task RenewAsync(Reservation[] some)
    {
        var key = some[0].Key;
        RedisKey[] keys = [RedisKeys.Reserved(key.UserId, key.Id), RedisKeys.ReservedLeases(key.UserId, key.Id)];
        var now = (long)await RenewScript.RunAsync(
            redis.Database, keys, [(long)Lease.TotalMilliseconds, .. some.SelectMany(reservation => new RedisValue[] { Name(reservation), reservation.Entry })]);
        redisClock.Note(now);

        // What was settled after it was read here is in Redis again.
        var gone = some.Where(reservation => !_held.ContainsKey(reservation.RequestId)).Select(reservation => (RedisValue)Name(reservation)).ToArray();
        if (gone.Length > 0)
        {
            await DropScript.RunAsync(redis.Database, keys, gone);
        }
    }

    /// <summary>Says that this instance runs, and notes how many do.</summary>
    private async Task CountInstancesAsync()
    {
        var now = new DateTimeOffset(redisClock.UtcNow).ToUnixTimeMilliseconds();
        var oldest = now - (long)Lease.TotalMilliseconds;
        _ = redis.Database.SortedSetAddAsync(RedisKeys.Instances, _instance, now);
        _ = redis.Database.SortedSetRemoveRangeByScoreAsync(RedisKeys.Instances, double.NegativeInfinity, oldest);
        offline.Instances = (int)Math.Max(1, await redis.Database.SortedSetLengthAsync(RedisKeys.Instances));
    }

    private static string Name(Reservation reservation) => reservation.RequestId.ToString("N", CultureInfo.InvariantCulture);

    private static RedisScript Script(string name) => RedisScript.Load("Infrastructure.Redis.Clock.lua", "Proxy.Metering.Limits.Reservations.lua", $"Proxy.Metering.Limits.{name}.lua");

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Redis does not say what API keys may use; for a while each instance goes by what it last heard: {Reason}")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "Reservations could not be renewed; it is tried again: {Reason}")]
        public static partial void NotRenewed(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "What API key {ApiKeyId} has used cannot be counted: {Reason}")]
        public static partial void NotCounted(ILogger logger, long apiKeyId, string reason);
    }
}
