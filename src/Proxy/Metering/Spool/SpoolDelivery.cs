using Gateway.Infrastructure.Hosting;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering.Limits;
using Gateway.Proxy.Metering.Store;

namespace Gateway.Proxy.Metering.Spool;

/// <summary>Brings to the database what only the spool has: after a crash, and when Redis lost or never got it.</summary>
internal sealed partial class SpoolDelivery(
    UsageSpool spool, UsageStore store, RefusedUsage refused, UsageQueue queue, LimitCounters counters, RedisConnection redis, TimeProvider clock, ILogger<SpoolDelivery> logger)
    : IStartupStep
{
    private const int MostInBatch = 1000;

    /// <summary>Nothing that lies in the spool may stop a start: what cannot be delivered now is tried again with every sync.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await DeliverLeftAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.Later(logger, exception);
        }
    }

    /// <summary>Delivers everything that earlier processes left in this data directory, then deletes their files.</summary>
    /// <returns>How many requests that was.</returns>
    public async Task<int> DeliverLeftAsync(CancellationToken cancellationToken)
    {
        var delivered = 0;

        // The newest first, and the database keeps what it gets first: a request's end, or its last account, may lie in a later file than its start.
        foreach (var path in spool.LeftFiles())
        {
            Dictionary<Guid, EndedRequest> requests;
            int damaged;
            try
            {
                requests = Read(path, out damaged);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.Unreadable(logger, exception, Path.GetFileName(path));
                continue;
            }

            foreach (var chunk in requests.Values.Chunk(MostInBatch))
            {
                await store.WriteAsync(chunk, cancellationToken);
                Forget(chunk);
                await CountAsync(chunk);
            }

            spool.RemoveLeftFile(path, isDamaged: damaged > 0);
            delivered += requests.Count;
            Log.Recovered(logger, requests.Count, Path.GetFileName(path));
        }

        return delivered;
    }

    /// <summary>Checks requests that ended longer ago than that, or that Redis never got, and writes those that the database does not have.</summary>
    /// <returns>How many were written.</returns>
    public async Task<int> DeliverMissingAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        var limit = RequestKey.ToGuid(RequestKey.From(clock.GetUtcNow().UtcDateTime - age));
        var written = 0;
        while (spool.Undelivered(limit, MostInBatch) is { Count: > 0 } ids)
        {
            var found = await store.FindAsync(ids, cancellationToken);
            var missing = ids.Where(id => !found.Contains(id)).Select(Read).OfType<EndedRequest>().ToList();
            await store.WriteAsync(missing, cancellationToken);
            Forget(missing);
            spool.Delivered(ids);
            written += missing.Count;
        }

        return written;
    }

    /// <summary>What was not settled no counter has.</summary>
    private void Forget(IEnumerable<EndedRequest> requests)
    {
        foreach (var request in requests.Where(request => request.Usage is not null))
        {
            counters.Forget(request);
        }
    }

    private EndedRequest? Read(Guid requestId)
    {
        if (spool.Read(requestId) is not { } payload)
        {
            return null;
        }

        if (UsageQueue.TryRead(payload, out var request))
        {
            return request;
        }

        refused.Add(payload, "it cannot be read");
        return null;
    }

    /// <summary>The requests of a file: what was written at the end counts, else what was written at the last start.</summary>
    private Dictionary<Guid, EndedRequest> Read(string path, out int damaged)
    {
        var requests = new Dictionary<Guid, EndedRequest>();
        var ended = new HashSet<Guid>();
        damaged = SpoolSegment.Read(path, (kind, payload) =>
        {
            if (!UsageQueue.TryRead(payload.Span, out var request))
            {
                refused.Add(payload.Span, "it cannot be read");
            }
            else if (kind == SpoolRecordKind.Close ? ended.Add(request.RequestId) : !ended.Contains(request.RequestId))
            {
                requests[request.RequestId] = request;
            }
        });
        if (damaged > 0)
        {
            Log.Damaged(logger, damaged, Path.GetFileName(path));
        }

        return requests;
    }

    /// <summary>Counts in Redis what is not counted there. Only while the markers live that say what is: older ones would be counted again.</summary>
    private async Task CountAsync(IEnumerable<EndedRequest> requests)
    {
        if (!redis.IsConnected)
        {
            return;
        }

        var oldest = clock.GetUtcNow().UtcDateTime - UsageQueue.MarkerLife;
        try
        {
            await Task.WhenAll(requests.Where(request => request.CreatedAtUtc > oldest).Select(queue.CountAsync));
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.NotCounted(logger, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Delivered {Count} requests that an earlier process left in {File}")]
        public static partial void Recovered(ILogger logger, int count, string file);

        [LoggerMessage(LogLevel.Error, "{Count} damaged records of {File} were skipped; the file is kept beside it as .damaged")]
        public static partial void Damaged(ILogger logger, int count, string file);

        [LoggerMessage(LogLevel.Error, "What an earlier process left in the spool could not be delivered; every sync tries again")]
        public static partial void Later(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Error, "{File}, which an earlier process left in the spool, cannot be read; every sync tries again")]
        public static partial void Unreadable(ILogger logger, Exception exception, string file);

        [LoggerMessage(LogLevel.Warning, "Requests of an earlier process are in the database, but the daily counters in Redis lack them: {Reason}")]
        public static partial void NotCounted(ILogger logger, string reason);
    }
}
