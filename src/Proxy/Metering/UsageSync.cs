using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering.Spool;
using Gateway.Proxy.Metering.Store;
using StackExchange.Redis;

namespace Gateway.Proxy.Metering;

/// <summary>Moves ended requests from Redis, or from the spool while Redis is away, to the database. Runs at the same time do no harm.</summary>
internal sealed partial class UsageSync(
    Meter meter, UsageQueue queue, UsageStore store, UsageSpool spool, SpoolDelivery delivery, RedisConnection redis, TimeProvider clock, ILogger<UsageSync> logger)
    : IDisposable
{
    public const int MostInBatch = 2000;
    private static readonly RedisKey LastSuccess = "gw:sync:last_success";

    // How long the queue may take to deliver a request before the spool does it.
    private static readonly TimeSpan SpoolPatience = TimeSpan.FromMinutes(15);

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
            var moved = 0;
            var patience = TimeSpan.Zero;
            if (redis.IsConnected)
            {
                moved = await EmptyQueueAsync(cancellationToken);
                patience = SpoolPatience;
            }

            moved += await delivery.DeliverMissingAsync(patience, cancellationToken);
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
                if (page.Entries.Count == 0)
                {
                    break;
                }

                await store.WriteAsync(page.Entries, cancellationToken);
                if (await queue.TrimAsync(page))
                {
                    moved += page.Entries.Count;
                }

                spool.Delivered(page.Entries.Select(entry => entry.RequestId));
                left -= page.Entries.Count;
            }
        }

        return moved;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "Moved {Count} ended requests to the database")]
        public static partial void Moved(ILogger logger, int count);
    }
}
