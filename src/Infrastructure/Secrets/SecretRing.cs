using System.Collections.Frozen;
using System.Security.Cryptography;
using Gateway.Infrastructure.Caching;

namespace Gateway.Infrastructure.Secrets;

/// <summary>What a key of the ring is for. The names are stored.</summary>
internal static class SecretPurpose
{
    public const string Jwt = "jwt";
    public const string Credentials = "credentials";
    public const string ApiKeyHash = "api_key_hash";

    public static IReadOnlyList<string> All { get; } = [Jwt, Credentials, ApiKeyHash];
}

/// <summary>One key of the ring.</summary>
/// <param name="Id"><c>purpose-generation</c>, for instance <c>jwt-2</c>.</param>
internal sealed record RingKey(string Id, string Purpose, byte[] Material, DateTime CreatedAtUtc)
{
    public int Generation => int.Parse(Id.AsSpan(Id.LastIndexOf('-') + 1), System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Where the ring is kept.</summary>
internal interface ISecretStore
{
    Task<IReadOnlyList<RingKey>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Adds keys whose ids are new; of two instances that add the same id at once, one wins and both then read its key.</summary>
    Task AddAsync(IReadOnlyList<RingKey> keys, CancellationToken cancellationToken);
}

/// <summary>The gateway's own secrets: generated on first start, the newest of each purpose in use, older ones still understood.</summary>
internal sealed class SecretRing(ISecretStore store, TimeProvider clock) : ICachedArea
{
    private const int KeyBytes = 32;

    private FrozenDictionary<string, RingKey> _byId = FrozenDictionary<string, RingKey>.Empty;
    private FrozenDictionary<string, RingKey> _newest = FrozenDictionary<string, RingKey>.Empty;
    private long _hits;

    public string Area => CacheArea.SecretKeys;

    public int Entries => _byId.Count;

    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Reads the ring and generates what is missing.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var keys = await store.ReadAsync(cancellationToken);
        var missing = SecretPurpose.All.Where(purpose => keys.All(key => key.Purpose != purpose)).Select(purpose => New(purpose, 1)).ToList();
        if (missing.Count > 0)
        {
            await store.AddAsync(missing, cancellationToken);
            keys = await store.ReadAsync(cancellationToken);
        }

        Use(keys);
    }

    public async Task ReloadAsync(IServiceProvider scope, CancellationToken cancellationToken) => Use(await store.ReadAsync(cancellationToken));

    /// <summary>Adds a new generation of a purpose and returns it; every other instance uses it as soon as it polls.</summary>
    public async Task<RingKey> RotateAsync(string purpose, CancellationToken cancellationToken)
    {
        await store.AddAsync([New(purpose, Current(purpose).Generation + 1)], cancellationToken);
        Use(await store.ReadAsync(cancellationToken));
        return Current(purpose);
    }

    /// <exception cref="InvalidOperationException">The ring is not loaded yet.</exception>
    public RingKey Current(string purpose)
    {
        Interlocked.Increment(ref _hits);
        return _newest.TryGetValue(purpose, out var key) ? key : throw new InvalidOperationException($"The key ring has no key for '{purpose}' yet.");
    }

    public RingKey? Find(string id) => _byId.GetValueOrDefault(id);

    private RingKey New(string purpose, int generation) =>
        new($"{purpose}-{generation}", purpose, RandomNumberGenerator.GetBytes(KeyBytes), clock.GetUtcNow().UtcDateTime);

    private void Use(IReadOnlyList<RingKey> keys)
    {
        _byId = keys.ToFrozenDictionary(key => key.Id);
        _newest = keys.GroupBy(key => key.Purpose).ToFrozenDictionary(group => group.Key, group => group.MaxBy(key => key.Generation)!);
    }
}
