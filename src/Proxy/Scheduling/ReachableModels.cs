using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Platforms;

namespace Gateway.Proxy.Scheduling;

/// <summary>The models that a key can really reach: what the models lists show.</summary>
internal sealed class ReachableModels(AccountDirectory accounts, AliasDirectory aliases, ModelCatalog catalog, ModelRouter router, AdapterRegistry adapters)
{
    private const string Gateway = "gateway";

    /// <returns>In ordinal order of their names, each once.</returns>
    public IReadOnlyList<ReachableModel> List(ApiKeyIdentity key)
    {
        var found = new SortedDictionary<string, ReachableModel>(StringComparer.Ordinal);
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
                    found.TryAdd(model, Model(model, new Candidate(account, account.UpstreamModel(model), 0)));
                }
            }
        }

        foreach (var alias in aliases.Names)
        {
            if (Reach(key, alias) is { } candidate)
            {
                found[alias] = Model(alias, candidate) with { Owner = Gateway };
            }
        }

        return [.. found.Values];
    }

    /// <summary>The model of one name; null: the key cannot reach it.</summary>
    public ReachableModel? Find(ApiKeyIdentity key, string name) =>
        Reach(key, name) is not { } candidate ? null
        : aliases.Find(name) is null ? Model(name, candidate)
        : Model(name, candidate) with { Owner = Gateway };

    private ReachableModel Model(string name, Candidate candidate) =>
        new(name, Infrastructure.PlatformNames.Name(candidate.Account.Platform), catalog.IsEmbedding(candidate.Account.Platform, candidate.UpstreamModel));

    /// <summary>An account that serves the model, for answers or else for embeddings.</summary>
    private Candidate? Reach(ApiKeyIdentity key, string name) => Reach(key, name, Operation.Generate) ?? Reach(key, name, Operation.Embed);

    private Candidate? Reach(ApiKeyIdentity key, string name, Operation operation) =>
        router.Find(key, name, operation)?.Candidates.FirstOrDefault(candidate => candidate.Account.Enabled);
}

/// <summary>A model that a key can reach.</summary>
/// <param name="Owner">The platform that has it; an alias is owned by the gateway.</param>
/// <param name="IsEmbedding">It makes vectors and no answers, as far as its price says.</param>
internal sealed record ReachableModel(string Name, string Owner, bool IsEmbedding);
