using System.Net;
using System.Text.Json;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Infrastructure.Auth.ApiKeys;

/// <summary>What the path of a proxied request needs to know of a key. Immutable.</summary>
internal sealed class ApiKeyIdentity(ApiKey key, bool userEnabled)
{
    private readonly IPNetwork[] _allowedIps = [.. key.AllowedIps.Select(range => IPNetwork.Parse(range))];
    private readonly string[] _allowedModels = [.. key.AllowedModels];
    private readonly Platform[] _allowedPlatforms = [.. key.AllowedPlatforms.Select(PlatformNames.Parse)];

    public long Id { get; } = key.Id;

    public long UserId { get; } = key.UserId;

    public bool Enabled { get; } = key.Enabled && userEnabled;

    public DateTime? ExpiresAtUtc { get; } = key.ExpiresAtUtc;

    public decimal RateMultiplier { get; } = key.RateMultiplier;

    public string? AccountGroup { get; } = key.AccountGroup;

    /// <summary>Most requests at the same time; null: no limit.</summary>
    public int? MaxConcurrency { get; } = key.MaxConcurrency;

    /// <summary>What decides which accounts a model is served by: keys with the same text have the same routes.</summary>
    public string RoutingRights { get; } = key.AccountGroup is null && key.AllowedPlatforms.Count == 0 && key.AllowedModels.Count == 0
        ? ""
        : JsonSerializer.Serialize(new object?[] { key.AccountGroup, key.AllowedPlatforms, key.AllowedModels });

    public KeyOptions Options { get; } = key.Options;

    /// <summary>What the key may use.</summary>
    public KeyTerms Terms { get; } = KeyTerms.Of(key);

    /// <param name="address">Null, an unknown address, is allowed only where every address is.</param>
    public bool AllowsAddress(IPAddress? address)
    {
        if (_allowedIps.Length == 0)
        {
            return true;
        }

        if (address is { IsIPv4MappedToIPv6: true })
        {
            address = address.MapToIPv4();
        }

        foreach (var network in _allowedIps)
        {
            if (address is not null && network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Case matters; a pattern may end in one <c>*</c>.</summary>
    public bool AllowsModel(string model) => ModelPattern.MatchesAny(_allowedModels, model);

    public bool AllowsPlatform(Platform platform) => _allowedPlatforms.Length == 0 || Array.IndexOf(_allowedPlatforms, platform) >= 0;
}
