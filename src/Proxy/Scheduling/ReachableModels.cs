using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Platforms;

namespace Gateway.Proxy.Scheduling;

/// <summary>The models that a key can really reach: what the models lists show.</summary>
internal sealed class ReachableModels(AccountDirectory accounts, AliasDirectory aliases, ModelCatalog catalog, ModelRouter router, AdapterRegistry adapters)
{
    /// <param name="wire">Only models that this format reaches; null: that any format reaches.</param>
    /// <returns>Names in ordinal order, each once, with the platform that owns it; an alias is owned by the gateway.</returns>
    public IReadOnlyList<(string Model, string Owner)> List(ApiKeyIdentity key, WireFormat? wire)
    {
        var owners = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var account in accounts.Snapshot.All)
        {
            if (!account.Enabled || (key.AccountGroup is not null && key.AccountGroup != account.Group) || !key.AllowsPlatform(account.Platform)
                || !Wires(wire).Any(format => adapters.CanServe(account.Platform, format, Operation.Generate)))
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
            if (Wires(wire).Any(format => router.Find(key, alias, format, Operation.Generate) is { } route && route.Candidates.Any(candidate => candidate.Account.Enabled)))
            {
                owners[alias] = "gateway";
            }
        }

        return [.. owners.Select(pair => (pair.Key, pair.Value))];
    }

    /// <summary>The owner of one name; null: the key cannot reach it.</summary>
    public string? Find(ApiKeyIdentity key, string model, WireFormat? wire)
    {
        foreach (var format in Wires(wire))
        {
            if (router.Find(key, model, format, Operation.Generate)?.Candidates.FirstOrDefault(candidate => candidate.Account.Enabled) is { Account: { } account })
            {
                return aliases.Find(model) is null ? Infrastructure.PlatformNames.Name(account.Platform) : "gateway";
            }
        }

        return null;
    }

    private static WireFormat[] Wires(WireFormat? wire) => wire is { } one ? [one] : Enum.GetValues<WireFormat>();
}
