using System.Collections.Concurrent;

namespace Gateway.Proxy.Access;

/// <summary>How many requests came without a valid key, by status, since the start. Counted only: a stranger must not be able to fill a table.</summary>
internal sealed class RejectedRequests
{
    private readonly ConcurrentDictionary<int, long> _byStatus = new();

    public IReadOnlyDictionary<int, long> ByStatus => _byStatus;

    public void Count(int status) => _byStatus.AddOrUpdate(status, 1, (_, count) => count + 1);
}
