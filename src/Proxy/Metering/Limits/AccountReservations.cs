using System.Collections.Concurrent;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering.Pricing;
using Gateway.Proxy.Scheduling;

namespace Gateway.Proxy.Metering.Limits;

/// <summary>
/// Keeps requests away from accounts that have reached what their operators let them be used for: requests and tokens a minute, and what a day may cost at list price. Like the limits of keys, reserved before and settled
/// after. Thread-safe.
/// </summary>
internal sealed partial class AccountReservations(
    Reservations reservations, LimitCounters counters, RequestNeeds needs, RedisConnection redis, RedisClock redisClock, TimeProvider clock, ILogger<AccountReservations> logger) : IHostedService
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan WindowsKept = TimeSpan.FromDays(1);

    // What requests under way do not use comes back soon; what cannot be told may be told soon.
    private static readonly TimeSpan SoonFree = TimeSpan.FromSeconds(5);

    private static readonly RedisScript SettleScript = RedisScript.Load(
        "Infrastructure.Redis.Clock.lua", "Proxy.Metering.Limits.Reservations.lua", "Proxy.Metering.Limits.Counters.lua", "Proxy.Metering.Limits.SettleAccount.lua");

    private readonly ConcurrentDictionary<Task, byte> _settling = new();

    /// <summary>Reserves what the request may come to use of the limits of an account.</summary>
    public async ValueTask<AccountAllowance> ReserveAsync(ProxyCall call, Candidate candidate, CancellationToken cancellationToken)
    {
        var account = candidate.Account;
        var owner = account.Limits.Owner;
        var model = new PricedModel(account.Platform, candidate.UpstreamModel, call.Route!.Model, account.Region);
        var answer = await reservations.ReserveAsync(
            call.RequestId, owner, () => needs.Of(call, model, owner.Limits.Rules, redisClock.UtcNow), static () => { }, cancellationToken);
        var now = clock.GetUtcNow();
        switch (answer.State)
        {
            case ReservationState.Free:
                return default;
            case ReservationState.Holding:
                return new AccountAllowance(new AccountReservation(this, answer.Reservation!), null);
            case ReservationState.Reached:
                var limit = answer.Limits[0];
                var until = now + Max(limit.Window.EndUtc - redisClock.UtcNow, Poll);
                if (limit.Used >= limit.Rule.Limit)
                {
                    account.Limits.NoteReached(until); // Nothing fits any more, however small.
                }

                return new AccountAllowance(null, limit.Used + answer.Need <= limit.Rule.Limit && until > now + SoonFree ? now + SoonFree : until);
            default:
                return new AccountAllowance(null, now + SoonFree);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends after everything is settled; called when no request runs any more.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_settling.Keys).WaitAsync(cancellationToken);

    /// <summary>Counts what a request has used of an account, and gives back what it had reserved. Waits for nothing.</summary>
    /// <param name="usage">Null: nothing is known of it, which counts as a request only.</param>
    public void Settle(Reservation reservation, RequestUsage? usage) => Run(SettleAsync(reservation, usage));

    /// <summary>Gives back what was reserved for a request that was not sent. Waits for nothing.</summary>
    public void Drop(Reservation reservation) => Run(DropAsync(reservation));

    private void Run(Task settling)
    {
        if (!settling.IsCompleted)
        {
            _settling.TryAdd(settling, 0);
            settling.ContinueWith(done => _settling.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private async Task SettleAsync(Reservation reservation, RequestUsage? usage)
    {
        var owner = reservation.Owner;
        var arguments = new List<StackExchange.Redis.RedisValue>(3 + (4 * reservation.Amounts.Count)) { reservation.Name, (long)LimitCounters.Life.TotalSeconds, owner.Limits.Signature };
        foreach (var (rule, window, _) in reservation.Amounts)
        {
            var amount = rule.Measure == LimitMeasure.Requests ? 1 : usage is { IsPossible: true } ? rule.AmountOf(usage) : 0;
            arguments.Add(ReservedAmount.CounterOf(rule));
            arguments.Add(ReservedAmount.Milliseconds(window.StartUtc));
            arguments.Add(amount);
            arguments.Add(ReservedAmount.Milliseconds(window.StartUtc - WindowsKept));
        }

        try
        {
            for (var began = clock.GetTimestamp(); redis.IsConnected && clock.GetElapsedTime(began) < LongestSettling; await Task.Delay(Poll, clock))
            {
                if ((long)await SettleScript.RunAsync(redis.Database, [owner.Keys.Counters, owner.Keys.Making, owner.Keys.Reserved, owner.Keys.Leases], [.. arguments]) == 1)
                {
                    return;
                }
            }

            counters.Forget(owner.Keys);
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            counters.Forget(owner.Keys); // It may have been counted or not: what the database has decides.
            Log.NotCounted(logger, owner.Name, exception.Message);
        }
        finally
        {
            reservations.Settled(reservation);
        }
    }

    private async Task DropAsync(Reservation reservation)
    {
        try
        {
            await reservations.DropAsync(reservation);
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.NotCounted(logger, reservation.Owner.Name, exception.Message); // The lease ends by itself.
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "What a request has used of {Owner} was not counted at once; it is counted anew from the database: {Reason}")]
        public static partial void NotCounted(ILogger logger, string owner, string reason);
    }
}

/// <summary>Whether the limits of an account have room for a request.</summary>
/// <param name="Reservation">What it holds of them; null: nothing.</param>
/// <param name="Until">When there may be room; null: there is.</param>
internal readonly record struct AccountAllowance(AccountReservation? Reservation, DateTimeOffset? Until);

/// <summary>What one request holds of the limits of an account: settled or given back once, whichever comes first.</summary>
internal sealed class AccountReservation(AccountReservations owner, Reservation reservation)
{
    private int _ended;

    /// <param name="usage">Null: nothing is known of it.</param>
    public void Settle(RequestUsage? usage)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            owner.Settle(reservation, usage);
        }
    }

    /// <summary>The request was not sent.</summary>
    public void Drop()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            owner.Drop(reservation);
        }
    }
}
