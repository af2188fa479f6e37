using Gateway.Infrastructure.Configs;

namespace Gateway.Infrastructure.Http;

/// <summary>How connections to upstreams are made.</summary>
internal sealed class UpstreamSettings : IHaveSettings
{
    public static readonly Setting<int> ConnectSeconds = new(
        "proxy.connect_seconds", 10, "Longest time that a connection to an upstream may take to come about, TLS included, in seconds. New connections go by it.", SettingChecks.Between(1, 60));

    public IEnumerable<Setting> Settings => [ConnectSeconds];
}
