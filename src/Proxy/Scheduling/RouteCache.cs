using System.Collections.Concurrent;
using Gateway.Proxy.Formats;

namespace Gateway.Proxy.Scheduling;

/// <summary>Routes that were found while accounts, aliases and prices were what they are. Bounded, since clients think of names; thread-safe.</summary>
internal sealed class RouteCache(AccountSnapshot accounts, object aliases, object prices)
{
    private const int MostCandidates = 500_000; // Some 100 bytes each.

    // What is used moves to the newer ones; of the older ones the rest goes when those are as many as may be.
    private ConcurrentDictionary<(string Rights, string Model, Operation Operation), ModelRoute> _newer = new();
    private ConcurrentDictionary<(string Rights, string Model, Operation Operation), ModelRoute> _older = new();
    private int _candidates;

    public bool IsOf(AccountSnapshot otherAccounts, object otherAliases, object otherPrices) =>
        ReferenceEquals(accounts, otherAccounts) && ReferenceEquals(aliases, otherAliases) && ReferenceEquals(prices, otherPrices);

    public ModelRoute? Find(string rights, string model, Operation operation)
    {
        if (_newer.TryGetValue((rights, model, operation), out var route))
        {
            return route;
        }

        if (_older.TryGetValue((rights, model, operation), out route))
        {
            Add(rights, model, operation, route);
        }

        return route;
    }

    public void Add(string rights, string model, Operation operation, ModelRoute? route)
    {
        // That nobody knows a name is found out again each time: there is no end of such names.
        if (route is not null && _newer.TryAdd((rights, model, operation), route) && Interlocked.Add(ref _candidates, Math.Max(16, route.Candidates.Count)) > MostCandidates)
        {
            Interlocked.Exchange(ref _candidates, 0);
            _older = _newer;
            _newer = new ConcurrentDictionary<(string Rights, string Model, Operation Operation), ModelRoute>();
        }
    }
}
