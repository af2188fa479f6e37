using System.Collections.Concurrent;
using System.Data.Common;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Redis;
using StackExchange.Redis;

namespace Gateway.Proxy.Metering.Limits;

/// <summary>
/// Reserves what requests may come to use of limits, for all instances at once, so that no number of them goes beyond. A reservation is a lease: renewed until its request is settled, and taken back where the
/// process that made it died. Thread-safe.
/// </summary>
internal sealed partial class Reservations(
    RedisConnection redis, RedisClock redisClock, UsageQueue queue, LimitCounters counters, OfflineAllowance offline, TimeProvider clock, ILogger<Reservations> logger)
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

    private const int MostInRenewal = 200;

    private static readonly RedisScript ReserveScript = Script("Reserve");
    private static readonly RedisScript RenewScript = Script("RenewReservations");
    private static readonly RedisScript DropScript = Script("DropReservations");

    private readonly ConcurrentDictionary<(Guid RequestId, bool IsOfKey), Reservation> _held = new();
    private readonly string _instance = Guid.NewGuid().ToString("N");
    private long _caughtUp;

    /// <summary>How often Redis may have lost what it had.</summary>
    public long Losses => redis.Breaks + queue.Losses;

    /// <summary>Reserves what a request needs. It is held until it is settled.</summary>
    /// <param name="needs">What the request needs at the present time: asked again when that turns out to be another.</param>
    /// <param name="correct">Called when Redis' clock says that the windows are not those of now.</param>
    public async ValueTask<ReservationAnswer> ReserveAsync(Guid requestId, LimitOwner owner, Func<List<ReservedAmount>> needs, Action correct, CancellationToken cancellationToken)
    {
        for (var began = clock.GetTimestamp(); ;)
        {
            var amounts = needs();
            if (amounts.Count == 0)
            {
                return ReservationAnswer.Free;
            }

            var blocked = amounts.FindIndex(amount => amount.Rule.Limit == 0);
            if (blocked >= 0)
            {
                return ReservationAnswer.Reached(new UsedOfLimit(amounts[blocked].Rule, amounts[blocked].Window, 0, 0), Math.Max(1, amounts[blocked].Need));
            }

            var reservation = new Reservation(requestId, owner, amounts);
            if (await AskAsync(reservation) is not { } answer)
            {
                return TakeOffline(reservation);
            }

            redisClock.Note((long)answer[1]);
            switch ((int)answer[0])
            {
                case 1:
                    return Hold(reservation, answer);
                case 0:
                    var (rule, window, need) = amounts[(int)answer[2]];
                    return ReservationAnswer.Reached(new UsedOfLimit(rule, window, (long)answer[3], (long)answer[4]), need);
                case -1:
                    correct();
                    break;
                case -2:
                    if (!await TryMakeAsync(owner, cancellationToken))
                    {
                        return ReservationAnswer.Unknown;
                    }

                    break;
                default:
                    await Task.Delay(Poll, clock, cancellationToken);
                    break;
            }

            if (clock.GetElapsedTime(began) > LongestMaking)
            {
                return ReservationAnswer.Unknown;
            }
        }
    }

    /// <summary>Notes that requests are settled, and with that what they reserved of the limits of their keys is gone.</summary>
    public void Settled(IEnumerable<Guid> requestIds)
    {
        foreach (var id in requestIds)
        {
            _held.TryRemove((id, true), out _);
        }
    }

    /// <summary>Notes that one reservation is gone.</summary>
    public void Settled(Reservation reservation) => _held.TryRemove(IdOf(reservation), out _);

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
            foreach (var held in _held.Values.GroupBy(reservation => reservation.Owner.Keys))
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

    /// <returns>False: what was used cannot be told.</returns>
    private async Task<bool> TryMakeAsync(LimitOwner owner, CancellationToken cancellationToken)
    {
        try
        {
            await queue.CheckAsync();
            if (Losses == Interlocked.Read(ref _caughtUp)) // Else what is not in the database has to come back first.
            {
                await counters.MakeAsync(owner, redisClock.UtcNow, cancellationToken);
            }

            return true;
        }
        catch (Exception exception) when (exception is DbException || DatabaseFailure.Of(exception) is not null || RedisFailure.Is(exception))
        {
            Log.NotCounted(logger, owner.Name, exception.Message);
            return false;
        }
    }

    private ReservationAnswer Hold(Reservation reservation, RedisResult[] answer)
    {
        _held[IdOf(reservation)] = reservation;
        var limits = new UsedOfLimit[reservation.Amounts.Count];
        for (var i = 0; i < limits.Length; i++)
        {
            var (rule, window, need) = reservation.Amounts[i];
            limits[i] = new UsedOfLimit(rule, window, (long)answer[2 + (2 * i)], (long)answer[3 + (2 * i)] + need);
        }

        offline.Note(reservation.Owner, limits);
        return ReservationAnswer.Holding(reservation, limits);
    }

    private ReservationAnswer TakeOffline(Reservation reservation)
    {
        if (!offline.TryTake(reservation))
        {
            return ReservationAnswer.Offline;
        }

        _held[IdOf(reservation)] = reservation; // Redis hears of it when it is back.
        return ReservationAnswer.Holding(reservation, []);
    }

    /// <returns>What the script returned; null: Redis does not answer.</returns>
    private async ValueTask<RedisResult[]?> AskAsync(Reservation reservation)
    {
        if (!redis.IsResponsive || Losses != Interlocked.Read(ref _caughtUp))
        {
            return null;
        }

        var arguments = new RedisValue[4 + (5 * reservation.Amounts.Count)];
        (arguments[0], arguments[1], arguments[2], arguments[3]) = (reservation.Name, (long)Lease.TotalMilliseconds, reservation.Entry, reservation.Owner.Limits.Signature);
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
            var keys = reservation.Owner.Keys;
            var answer = await ReserveScript.RunAsync(redis.Database, [keys.Counters, keys.Making, keys.Reserved, keys.Leases], arguments);
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
        RedisKey[] keys = [some[0].Owner.Keys.Reserved, some[0].Owner.Keys.Leases];
        var now = (long)await RenewScript.RunAsync(
            redis.Database, keys, [(long)Lease.TotalMilliseconds, .. some.SelectMany(reservation => new RedisValue[] { reservation.Name, reservation.Entry })]);
        redisClock.Note(now);

        // What was settled after it was read here is in Redis again.
        var gone = some.Where(reservation => !_held.ContainsKey(IdOf(reservation))).Select(reservation => (RedisValue)reservation.Name).ToArray();
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

    /// <summary>Gives back what was reserved and is not used.</summary>
    public async Task DropAsync(Reservation reservation)
    {
        Settled(reservation);
        if (redis.IsConnected)
        {
            await DropScript.RunAsync(redis.Database, [reservation.Owner.Keys.Reserved, reservation.Owner.Keys.Leases], [reservation.Name]);
        }
    }

    private static (Guid RequestId, bool IsOfKey) IdOf(Reservation reservation) => (reservation.RequestId, reservation.Owner.ApiKeyId is not null);

    private static RedisScript Script(string name) => RedisScript.Load("Infrastructure.Redis.Clock.lua", "Proxy.Metering.Limits.Reservations.lua", $"Proxy.Metering.Limits.{name}.lua");

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Redis does not say what API keys and accounts may use; for a while each instance goes by what it last heard: {Reason}")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "Reservations could not be renewed; it is tried again: {Reason}")]
        public static partial void NotRenewed(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "What {Owner} has used cannot be counted: {Reason}")]
        public static partial void NotCounted(ILogger logger, string owner, string reason);
    }
}
