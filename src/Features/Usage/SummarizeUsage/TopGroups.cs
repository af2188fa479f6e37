using Gateway.Proxy.Metering.Queries;

namespace Gateway.Features.Usage.SummarizeUsage;

/// <summary>Keeps the groups that were billed most, and adds up the others.</summary>
internal sealed class TopGroups(int most)
{
    // What is worth least comes out first.
    private readonly PriorityQueue<UsageGroup, UsageGroup> _best = new(Comparer<UsageGroup>.Create((left, right) => Compare(right, left)));

    public UsageSums Totals { get; private set; }

    /// <summary>The sum of what was not kept; null: everything was.</summary>
    public UsageSums? Others { get; private set; }

    public void Add(UsageGroup group)
    {
        Totals += group.Sums;
        _best.Enqueue(group, group);
        if (_best.Count > most)
        {
            Others = (Others ?? default) + _best.Dequeue().Sums;
        }
    }

    /// <summary>What was kept, most billed first.</summary>
    public IReadOnlyList<UsageGroup> Best() => [.. _best.UnorderedItems.Select(item => item.Element).Order(Comparer<UsageGroup>.Create(Compare))];

    private static int Compare(UsageGroup left, UsageGroup right)
    {
        var byBilled = right.Sums.BilledNanoUsd.CompareTo(left.Sums.BilledNanoUsd);
        var byRequests = byBilled != 0 ? byBilled : right.Sums.Requests.CompareTo(left.Sums.Requests);
        return byRequests != 0 ? byRequests : string.CompareOrdinal(left.Key, right.Key);
    }
}
