using System.Collections.Concurrent;
using Gateway.Proxy.Formats;

namespace Gateway.Proxy.Scheduling;

/// <summary>Routes that were found while accounts, aliases and prices were what they are. Bounded, since clients think of names; thread-safe.</summary>
internal sealed class RouteCache(AccountSnapshot accounts, object aliases, object prices)
{
    private const int MostCandidates = 1_000_000; // Some 40 bytes each.

    private readonly ConcurrentDictionary<(string Rights, string Model, Operation Operation), ModelRoute> _routes = new();
    private int _candidates;

    public bool IsOf(AccountSnapshot otherAccounts, object otherAliases, object otherPrices) =>
        ReferenceEquals(accounts, otherAccounts) && ReferenceEquals(aliases, otherAliases) && ReferenceEquals(prices, otherPrices);

    public ModelRoute? Find(string rights, string model, Operation operation) => _routes.GetValueOrDefault((rights, model, operation));

    public void Add(string rights, string model, Operation operation, ModelRoute? route)
    {
        // That nobody knows a name is found out again each time: there is no end of such names.
        if (route is not null && _routes.TryAdd((rights, model, operation), route) && Interlocked.Add(ref _candidates, Math.Max(16, route.Candidates.Count)) > MostCandidates)
        {
            _routes.Clear();
            Interlocked.Exchange(ref _candidates, 0);
        }
    }
}
