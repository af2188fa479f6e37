using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Platforms;

namespace Gateway.Proxy.Scheduling;

/// <summary>Which accounts serve a model for a key. The first rule that yields an account decides. Found once for all requests of equal rights, until accounts, aliases or prices change.</summary>
internal sealed class ModelRouter(AccountDirectory accounts, AliasDirectory aliases, ModelCatalog catalog, AdapterRegistry adapters)
{
    private RouteCache _cache = new(AccountSnapshot.Empty, "", "");

    /// <returns>Null: nobody knows the model, or the key may not use it.</returns>
    public ModelRoute? Find(ApiKeyIdentity key, string requested, Operation operation)
    {
        var snapshot = accounts.Snapshot;
        var cache = Volatile.Read(ref _cache);
        if (!cache.IsOf(snapshot, aliases.Snapshot, catalog.Snapshot))
        {
            // Before the accounts are read: a change in between makes the next request begin anew.
            Volatile.Write(ref _cache, cache = new RouteCache(snapshot, aliases.Snapshot, catalog.Snapshot));
        }

        if (cache.Find(key.RoutingRights, requested, operation) is { } known)
        {
            return known;
        }

        var route = Find(snapshot, key, requested, operation);
        cache.Add(key.RoutingRights, requested, operation, route);
        return route;
    }

    private ModelRoute? Find(AccountSnapshot snapshot, ApiKeyIdentity key, string requested, Operation operation)
    {
        var candidates = new List<Candidate>();

        // 1: the full name is listed by an account, or is an alias.
        if (key.AllowsModel(requested))
        {
            AddListed(snapshot, key, requested, operation, null, 0, candidates);
            AddAlias(snapshot, key, requested, operation, candidates);
            if (AnyEnabled(candidates))
            {
                return new ModelRoute(requested, candidates);
            }
        }

        // Accounts that are switched off are kept to the end: then the model exists and cannot be had now, which is another answer than 404.
        var disabled = candidates.Count > 0 ? new ModelRoute(requested, candidates) : null;
        candidates = disabled is null ? candidates : [];

        // 2: the part before the first slash is a platform.
        Platform? only = null;
        var model = requested;
        var slash = requested.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && PlatformNames.TryParse(requested[..slash], out var platform))
        {
            only = platform;
            model = requested[(slash + 1)..];
        }

        if (model.Length == 0 || !key.AllowsModel(model))
        {
            return disabled;
        }

        if (only is not null)
        {
            AddListed(snapshot, key, model, operation, only, 0, candidates);
        }

        AddOpen(snapshot, key, model, operation, only, candidates);
        return AnyEnabled(candidates) || (disabled is null && candidates.Count > 0) ? new ModelRoute(model, candidates) : disabled;
    }

    private static bool AnyEnabled(List<Candidate> candidates, int from = 0) => candidates.FindIndex(from, candidate => candidate.Account.Enabled) >= 0;

    private void AddListed(
        AccountSnapshot snapshot, ApiKeyIdentity key, string model, Operation operation, Platform? only, int order, List<Candidate> candidates)
    {
        if (!snapshot.ByModel.TryGetValue(model, out var listed))
        {
            return;
        }

        foreach (var account in listed)
        {
            if (IsPermitted(account, key, operation, only))
            {
                candidates.Add(new Candidate(account, account.UpstreamModel(model), order));
            }
        }
    }

    private void AddAlias(AccountSnapshot snapshot, ApiKeyIdentity key, string alias, Operation operation, List<Candidate> candidates)
    {
        if (AnyEnabled(candidates) || aliases.Find(alias) is not { } models)
        {
            return;
        }

        for (var i = 0; i < models.Count; i++)
        {
            // One level deep: an alias in an alias' list is only a name, so no chain can loop.
            var before = candidates.Count;
            AddListed(snapshot, key, models[i], operation, null, i, candidates);
            if (!AnyEnabled(candidates, before))
            {
                AddOpen(snapshot, key, models[i], operation, null, candidates, i);
            }
        }
    }

    /// <summary>3: accounts without a list whose platform knows the name; 4: when no platform knows it, all accounts without a list.</summary>
    private void AddOpen(
        AccountSnapshot snapshot, ApiKeyIdentity key, string model, Operation operation, Platform? only, List<Candidate> candidates, int order = 0)
    {
        var before = candidates.Count;
        foreach (var account in snapshot.Open)
        {
            if (IsPermitted(account, key, operation, only) && catalog.Knows(account.Platform, account.UpstreamModel(model)))
            {
                candidates.Add(new Candidate(account, account.UpstreamModel(model), order));
            }
        }

        if (candidates.Count > before || (only is null && catalog.AnyKnows(model)))
        {
            return;
        }

        foreach (var account in snapshot.Open)
        {
            if (IsPermitted(account, key, operation, only))
            {
                candidates.Add(new Candidate(account, account.UpstreamModel(model), order));
            }
        }
    }

    /// <summary>Whether an account is still what it was when a route was found.</summary>
    public bool IsCurrent(UpstreamAccount account) => accounts.Find(account.Id) is { } now && (ReferenceEquals(now, account) || (now.Enabled && now.MaxConcurrency == account.MaxConcurrency));

    /// <summary>Why an account that is switched on is none of a route's candidates, by the name that the management API uses.</summary>
    public string WhyNot(UpstreamAccount account, ApiKeyIdentity key, Operation operation) =>
        !IsInGroup(account, key) ? "other_group"
        : !key.AllowsPlatform(account.Platform) ? "platform_not_allowed"
        : !adapters.CanServe(account.Platform, operation) ? "operation_not_supported"
        : "model_not_served";

    private static bool IsInGroup(UpstreamAccount account, ApiKeyIdentity key) => key.AccountGroup is null || key.AccountGroup == account.Group;

    private bool IsPermitted(UpstreamAccount account, ApiKeyIdentity key, Operation operation, Platform? only) =>
        (only is null || account.Platform == only)
        && IsInGroup(account, key)
        && key.AllowsPlatform(account.Platform)
        && adapters.CanServe(account.Platform, operation);
}
