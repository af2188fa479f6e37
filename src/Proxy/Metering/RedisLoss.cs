using System.Data.Common;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering.Limits;
using Gateway.Proxy.Metering.Spool;
using Gateway.Proxy.Metering.Store;

namespace Gateway.Proxy.Metering;

/// <summary>
/// Repairs what Redis has lost: after a wipe, a restart without its data or a failover to a replica that lacked the last second. What this instance has settled and the database does not have is settled again, which
/// the markers of what Redis still knows make harmless; what requests have reserved is reserved again.
/// </summary>
internal sealed partial class RedisLoss(
    RedisConnection redis, UsageQueue queue, UsageSpool spool, UsageStore store, Reservations reservations, LimitCounters counters, TimeProvider clock, ILogger<RedisLoss> logger) : BackgroundService
{
    private const int MostInBatch = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // By then the other instances have done the same.
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MostPause = TimeSpan.FromSeconds(15);

    private long _repaired;
    private long _repairedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await CheckAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // What is in the spool is delivered by the last sync, or by the next start.
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (!redis.IsConnected)
        {
            return;
        }

        try
        {
            if (spool.HasUndelivered)
            {
                await queue.CheckAsync();
            }

            var losses = reservations.Losses;
            if (losses != _repaired)
            {
                await RepairAsync(cancellationToken);
                (_repaired, _repairedAt) = (losses, clock.GetTimestamp());
            }

            await counters.ForgetNotedAsync();
            var pause = clock.GetElapsedTime(_repairedAt);
            if ((pause >= LeastPause && spool.CountUnsettled().All == 0) || pause > MostPause)
            {
                reservations.CatchUp(_repaired);
            }
        }
        catch (Exception exception) when (RedisFailure.Is(exception) || exception is DbException || DatabaseFailure.Of(exception) is not null)
        {
            Log.Later(logger, exception.Message);
        }
    }

    private async Task RepairAsync(CancellationToken cancellationToken)
    {
        var again = 0;
        foreach (var ids in spool.SettledUndelivered().Chunk(MostInBatch))
        {
            // What the database has needs no settling: counters that are made of it would count it twice.
            var stored = await store.FindAsync(ids, cancellationToken);
            foreach (var id in stored)
            {
                if (UsageQueue.TryRead(spool.Read(id), out var request))
                {
                    counters.Forget(request);
                }
            }

            spool.Delivered(stored);
            spool.Unsettle(ids.Where(id => !stored.Contains(id)));
            again += ids.Length - stored.Count;
        }

        await reservations.RenewAsync();
        Log.Repaired(logger, again);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Redis was away or has lost what it had: {Count} requests that the database does not have yet are settled again")]
        public static partial void Repaired(ILogger logger, int count);

        [LoggerMessage(LogLevel.Warning, "What Redis has lost could not be repaired yet; it is tried again: {Reason}")]
        public static partial void Later(ILogger logger, string reason);
    }
}
