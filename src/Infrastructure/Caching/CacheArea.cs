using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Infrastructure.Caching;

/// <summary>What every instance keeps in memory, by the name that the management API uses.</summary>
internal static class CacheArea
{
    public const string Accounts = "accounts";
    public const string ApiKeys = "api_keys";
    public const string Prices = "prices";
    public const string Configs = "configs";
    public const string ModelAliases = "model_aliases";
    public const string SecretKeys = "secret_keys";

    /// <summary>Kept in Redis: only its version is in the database.</summary>
    public const string Sessions = "sessions";

    public static IReadOnlyList<string> All { get; } = [Accounts, ApiKeys, Prices, Configs, ModelAliases, SecretKeys, Sessions];

    /// <summary>The area that a changed row belongs to; null when nobody caches it.</summary>
    public static string? Of(object entity) => entity switch
    {
        Account => Accounts,
        ApiKey or User => ApiKeys,
        ModelPriceOverride => Prices,
        SystemConfig => Configs,
        ModelAlias => ModelAliases,
        SecretKey => SecretKeys,
        _ => null,
    };
}

/// <summary>An immutable snapshot of one area, replaced whole when the area's version changes.</summary>
internal interface ICachedArea
{
    string Area { get; }

    int Entries { get; }

    /// <summary>Look-ups answered since the start.</summary>
    long Hits { get; }

    /// <summary>Reads the area from the database and replaces the snapshot. Never leaves it half replaced.</summary>
    Task ReloadAsync(IServiceProvider scope, CancellationToken cancellationToken);
}
