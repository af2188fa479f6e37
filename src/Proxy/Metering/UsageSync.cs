using System.Runtime.ExceptionServices;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering.Spool;
using Gateway.Proxy.Metering.Store;
using Medallion.Threading.Redis;
using StackExchange.Redis;

namespace Gateway.Proxy.Metering;

/// <summary>
/// Moves ended requests to the database: those that Redis has queued, of all instances, and those that only the spool of this one has. Several instances
/// that do so at the same time do no harm, only work that is done already: they take turns while Redis can tell whose turn it is.
/// </summary>
internal sealed partial class UsageSync(
    Meter meter,
    UsageQueue queue,
    UsageStore store,
    RefusedUsage refused,
    UsageSpool spool,
    SpoolDelivery delivery,
    RedisConnection redis,
    TimeProvider clock,
    ILogger<UsageSync> logger)
    : IDisposable
{
    public const int MostInBatch = 2000;
    private static readonly RedisKey LastSuccess = "gw:sync:last_success";

    // How long the queue may take to deliver a request before the spool does it.
    private static readonly TimeSpan SpoolPatience = TimeSpan.FromMinutes(15);

    // Then the queue is emptied beside the instance whose turn it is.
    private static readonly TimeSpan TurnPatience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Moves everything that ended before the call. Waits for a run that is under way.</summary>
    /// <returns>How many requests were moved.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await meter.FlushAsync(cancellationToken);
        return await MoveAsync(cancellationToken);
    }

    /// <summary>The same after the meter has stopped: the last act of this process.</summary>
    public async Task<int> MoveAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var (moved, redisFailure) = await TryEmptyQueueAsync(cancellationToken);

            // Without its queue nothing else will bring there what this instance has.
            var patience = redis.IsConnected && redisFailure is null ? SpoolPatience : TimeSpan.Zero;
            moved += await delivery.DeliverLeftAsync(cancellationToken);
            moved += await delivery.DeliverMissingAsync(patience, cancellationToken);
            redisFailure?.Throw();
            if (redis.IsConnected)
            {
                await redis.Database.StringSetAsync(LastSuccess, clock.GetUtcNow().ToUnixTimeMilliseconds());
            }

            Log.Moved(logger, moved);
            return moved;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>When a run last ended well, on any instance; null: not since this Redis is up.</summary>
    public async Task<DateTime?> LastSuccessAsync() =>
        await redis.Database.StringGetAsync(LastSuccess) is { IsNull: false } milliseconds
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds).UtcDateTime
            : null;

    public void Dispose() => _oneAtATime.Dispose();

    /// <returns>How many were moved, and how Redis failed if it did: what this instance has is moved all the same.</returns>
    private async Task<(int Moved, ExceptionDispatchInfo? Failure)> TryEmptyQueueAsync(CancellationToken cancellationToken)
    {
        if (!redis.IsConnected)
        {
            return (0, null);
        }

        try
        {
            var turn = new RedisDistributedLock(RedisKeys.Lock("sync_usage"), redis.Database);
            await using var handle = await turn.TryAcquireAsync(TurnPatience, cancellationToken);
            return (await EmptyQueueAsync(cancellationToken), null);
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            return (0, ExceptionDispatchInfo.Capture(exception));
        }
    }

    private async Task<int> EmptyQueueAsync(CancellationToken cancellationToken)
    {
        var moved = 0;
        var lengths = await queue.LengthsAsync();
        for (var shard = 0; shard < lengths.Length; shard++)
        {
            // As many as were there at the start: under load the queue would never be empty.
            for (var left = lengths[shard]; left > 0;)
            {
                var page = await queue.PeekAsync(shard, MostInBatch);
                if (page.Count == 0)
                {
                    break;
                }

                await store.WriteAsync(page.Entries, cancellationToken);
                foreach (var payload in page.Unreadable)
                {
                    refused.Add(payload, "it cannot be read");
                }

                if (await queue.TrimAsync(page))
                {
                    moved += page.Count;
                }

                spool.Delivered(page.Entries.Select(entry => entry.RequestId));
                left -= page.Count;
            }
        }

        await queue.LengthsAsync();
        return moved;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "Moved {Count} ended requests to the database")]
        public static partial void Moved(ILogger logger, int count);
    }
}
