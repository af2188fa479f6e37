using Gateway.Infrastructure.Redis;
using Gateway.Infrastructure.Time;
using StackExchange.Redis;

namespace Gateway.Proxy.Metering.Queries;

/// <summary>What has ended but may not be in the database yet, for queries that show both without counting anything twice.</summary>
internal sealed class UnsyncedUsage(UsageQueue queue, RedisConnection redis, IServiceScopeFactory scopes)
{
    /// <summary>What is queued for the database, and what is there already but was not taken off the queue.</summary>
    /// <remarks>Nothing while Redis is away, which readiness shows: then the database alone answers, and a sync brings there what instances have.</remarks>
    /// <exception cref="RedisException">Redis is there and failed: an answer would look as if nothing had been used.</exception>
    public async Task<IReadOnlyList<EndedRequest>> ReadAsync(UsageFilter filter, TimeRange range)
    {
        if (!redis.IsConnected)
        {
            return [];
        }

        var queued = await queue.ReadAsync(filter.Shards(), request => range.Contains(request.CreatedAtUtc) && filter.Matches(request));
        return [.. queued.DistinctBy(request => request.RequestId)];
    }

    /// <summary>One consistent look at the database, and of the usage in the queue exactly what that look does not contain.</summary>
    /// <param name="filter">What the query is about; of the queue it sees nothing else.</param>
    public async Task<UsageSnapshot> OpenAsync(UsageFilter filter, TimeRange range, CancellationToken cancellationToken)
    {
        // The queue first: what leaves it after this moment was committed before, so the snapshot has it.
        var queued = await ReadAsync(filter, range);
        return await UsageSnapshot.OpenAsync(scopes, [.. queued.Where(request => request.Usage is not null)], cancellationToken);
    }
}
