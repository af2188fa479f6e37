using System.Collections.Frozen;
using Gateway.Infrastructure;
using Gateway.Proxy.Formats;

namespace Gateway.Proxy.Platforms;

/// <summary>All adapters by platform, frozen at start-up.</summary>
internal sealed class AdapterRegistry(IEnumerable<IPlatformAdapter> adapters)
{
    private readonly FrozenDictionary<Platform, IPlatformAdapter> _byPlatform = adapters.ToFrozenDictionary(adapter => adapter.Platform);

    public IPlatformAdapter this[Platform platform] => _byPlatform[platform];

    /// <summary>Null: the platform cannot be called yet.</summary>
    public IPlatformAdapter? Find(Platform platform) => _byPlatform.GetValueOrDefault(platform);

    /// <summary>Whether the platform can do this, for clients of any format.</summary>
    public bool CanServe(Platform platform, Operation operation) =>
        _byPlatform.TryGetValue(platform, out var adapter) && (operation == Operation.Compact ? adapter is IStoresResponses : adapter.Supports(operation));
}
