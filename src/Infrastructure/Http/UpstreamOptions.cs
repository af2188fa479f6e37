using System.Globalization;
using System.Net;
using Gateway.Infrastructure.Persistence;

namespace Gateway.Infrastructure.Http;

/// <summary>Section <c>Upstream</c> of the start-up configuration.</summary>
internal sealed record UpstreamOptions(IReadOnlyList<IPNetwork> AllowedPrivateNetworks, IReadOnlySet<int> AllowedPorts)
{
    private static readonly int[] AlwaysAllowedPorts = [443, 8443];

    /// <exception cref="StartupException">A setting has a value that cannot work; the message names it and what is accepted.</exception>
    public static UpstreamOptions Read(IConfiguration configuration)
    {
        var networks = Networks(configuration, "Upstream:AllowedPrivateNetworks");
        if (networks.Count == 0 && configuration.IsEmbedded())
        {
            networks = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];
        }

        return new UpstreamOptions(networks, configuration.Values("Upstream:AllowedPorts").Select(Port).Concat(AlwaysAllowedPorts).ToHashSet());
    }

    /// <summary>For addresses that clients name: only the public internet by https, and <c>MediaFetch:AllowedNetworks</c>.</summary>
    /// <exception cref="StartupException">As <see cref="Read"/>.</exception>
    public static UpstreamOptions ReadMediaFetch(IConfiguration configuration) =>
        new(Networks(configuration, "MediaFetch:AllowedNetworks"), new HashSet<int> { 443 });

    private static List<IPNetwork> Networks(IConfiguration configuration, string setting) => [.. configuration.Values(setting).Select(text => Network(setting, text))];

    private static IPNetwork Network(string setting, string text)
    {
        if (!text.Contains('/') || !IPNetwork.TryParse(text, out var network))
        {
            throw new StartupException($"{setting}: '{text}' is not a CIDR range such as 10.0.0.0/8 or fd12:3456::/32.");
        }

        return AddressRanges.IsForbidden(network)
            ? throw new StartupException($"{setting}: '{text}' can never be allowed (link-local, metadata, multicast and the like).")
            : network;
    }

    private static int Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= IPEndPoint.MaxPort
            ? port
            : throw new StartupException($"Upstream:AllowedPorts: '{text}' is not a port between 1 and 65535.");
}
