using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Platforms;

namespace Gateway.Proxy.Scheduling;

/// <summary>The models that a key can really reach: what the models lists show.</summary>
internal sealed class ReachableModels(AccountDirectory accounts, AliasDirectory aliases, ModelCatalog catalog, ModelRouter router, AdapterRegistry adapters)
{
    /// <returns>Names in ordinal order, each once, with the platform that owns it; an alias is owned by the gateway.</returns>
    public IReadOnlyList<(string Model, string Owner)> List(ApiKeyIdentity key)
    {
        var owners = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var account in accounts.Snapshot.All)
        {
            if (!account.Enabled || (key.AccountGroup is not null && key.AccountGroup != account.Group) || !key.AllowsPlatform(account.Platform)
                || adapters.Find(account.Platform) is null)
            {
                continue;
            }

            foreach (var model in account.IsOpen ? catalog.ModelsOf(account.Platform).Concat(account.NamedModels) : account.NamedModels)
            {
                if (key.AllowsModel(model))
                {
                    owners.TryAdd(model, Infrastructure.PlatformNames.Name(account.Platform));
                }
            }
        }

        foreach (var alias in aliases.Names)
        {
            if (Reach(key, alias) is not null)
            {
                owners[alias] = "gateway";
            }
        }

        return [.. owners.Select(pair => (pair.Key, pair.Value))];
    }

    /// <summary>The owner of one name; null: the key cannot reach it.</summary>
    public string? Find(ApiKeyIdentity key, string model) =>
        Reach(key, model) is not { } account ? null
        : aliases.Find(model) is null ? Infrastructure.PlatformNames.Name(account.Platform) : "gateway";

    /// <summary>An account that serves the model, for answers or else for embeddings.</summary>
    private UpstreamAccount? Reach(ApiKeyIdentity key, string model) => Reach(key, model, Operation.Generate) ?? Reach(key, model, Operation.Embed);

    private UpstreamAccount? Reach(ApiKeyIdentity key, string model, Operation operation) =>
        router.Find(key, model, operation)?.Candidates.Select(candidate => candidate.Account).FirstOrDefault(account => account.Enabled);
}
