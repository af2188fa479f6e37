using Gateway.Infrastructure.Redis;
using Gateway.Infrastructure.Time;
using StackExchange.Redis;

namespace Gateway.Proxy.Metering.Queries;

/// <summary>What has ended but may not be in the database yet, for queries that show both without counting anything twice.</summary>
internal sealed class UnsyncedUsage(UsageQueue queue, RedisConnection redis, IServiceScopeFactory scopes)
{
    /// <summary>What waits for the database, and what is there already but was not taken off the queue. Nothing while Redis is away.</summary>
    public async Task<IReadOnlyList<SettledRequest>> ReadAsync(UsageFilter filter, TimeRange range)
    {
        if (!redis.IsConnected)
        {
            return [];
        }

        try
        {
            var queued = await queue.ReadAsync(filter.Shards());
            return [.. queued.Where(request => range.Contains(request.CreatedAtUtc) && filter.Matches(request)).DistinctBy(request => request.RequestId)];
        }
        catch (Exception exception) when (exception is RedisException or InvalidOperationException or TimeoutException)
        {
            // Then the database alone answers, until the spool has delivered the rest.
            return [];
        }
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
