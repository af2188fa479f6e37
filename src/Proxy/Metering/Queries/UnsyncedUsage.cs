using Gateway.Infrastructure.Redis;
using StackExchange.Redis;

namespace Gateway.Proxy.Metering.Queries;

/// <summary>What has ended but may not be in the database yet, for queries that show both without counting anything twice.</summary>
internal sealed class UnsyncedUsage(UsageQueue queue, RedisConnection redis, IServiceScopeFactory scopes)
{
    /// <summary>Everything that waits for the database, and what is there already but was not taken off the queue. Nothing while Redis is away.</summary>
    public async Task<IReadOnlyList<SettledRequest>> ReadAsync()
    {
        if (!redis.IsConnected)
        {
            return [];
        }

        try
        {
            return await queue.ReadAllAsync();
        }
        catch (Exception exception) when (exception is RedisException or InvalidOperationException or TimeoutException)
        {
            // Then the database alone answers, until the spool has delivered the rest.
            return [];
        }
    }

    /// <summary>One consistent look at the database, and of the queue exactly what that look does not contain.</summary>
    /// <param name="isRelevant">Which requests the query is about; the others are not looked for in the database.</param>
    public async Task<UsageSnapshot> OpenAsync(Func<SettledRequest, bool> isRelevant, CancellationToken cancellationToken)
    {
        // The queue first: what leaves it after this moment was committed before, so the snapshot has it.
        var queued = (await ReadAsync()).Where(isRelevant).DistinctBy(request => request.RequestId).ToList();
        return await UsageSnapshot.OpenAsync(scopes, queued, cancellationToken);
    }
}
