using Gateway.Infrastructure.Hosting;
using Gateway.Proxy.Metering.Store;

namespace Gateway.Proxy.Metering.Spool;

/// <summary>Brings to the database what only the spool has: after a crash, and when Redis lost or never got it.</summary>
internal sealed partial class SpoolDelivery(UsageSpool spool, UsageStore store, TimeProvider clock, ILogger<SpoolDelivery> logger) : IStartupStep
{
    private const int MostInBatch = 1000;

    /// <summary>Delivers everything that earlier processes left in this data directory, then deletes their files.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var path in spool.LeftFiles())
        {
            var requests = Read(path);
            foreach (var chunk in requests.Values.Chunk(MostInBatch))
            {
                await store.WriteAsync(chunk, cancellationToken);
            }

            File.Delete(path);
            Log.Recovered(logger, requests.Count, Path.GetFileName(path));
        }
    }

    /// <summary>Checks requests that ended longer ago than that, and writes those that the database does not have.</summary>
    public async Task<int> DeliverMissingAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        var limit = RequestKey.ToGuid(RequestKey.From(clock.GetUtcNow().UtcDateTime - age));
        var written = 0;
        while (true)
        {
            var ended = spool.EndedBefore(limit, MostInBatch);
            if (ended.Count == 0)
            {
                return written;
            }

            var found = await store.FindAsync([.. ended.Keys], cancellationToken);
            var missing = ended.Where(pair => !found.Contains(pair.Key)).Select(pair => pair.Value).Distinct().SelectMany(Read)
                .Where(pair => ended.ContainsKey(pair.Key) && !found.Contains(pair.Key)).Select(pair => pair.Value).ToList();
            await store.WriteAsync(missing, cancellationToken);
            spool.Delivered(ended.Keys);
            written += missing.Count;
        }
    }

    /// <summary>The requests of a file: what was written at the end counts, else what was written at the start.</summary>
    private Dictionary<Guid, SettledRequest> Read(string path)
    {
        var requests = new Dictionary<Guid, SettledRequest>();
        var damaged = SpoolSegment.Read(path, (kind, payload) =>
        {
            var request = UsageQueue.Read(payload.Span);
            if (kind == SpoolRecordKind.Close)
            {
                requests[request.RequestId] = request;
            }
            else
            {
                requests.TryAdd(request.RequestId, request);
            }
        });
        if (damaged > 0)
        {
            Log.Damaged(logger, damaged, Path.GetFileName(path));
        }

        return requests;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Delivered {Count} requests that an earlier process left in {File}")]
        public static partial void Recovered(ILogger logger, int count, string file);

        [LoggerMessage(LogLevel.Error, "{Count} damaged records of {File} were skipped")]
        public static partial void Damaged(ILogger logger, int count, string file);
    }
}
