using System.Net;

namespace Gateway.Infrastructure.Http;

/// <summary>Which addresses belong to the public internet, and which must never be called.</summary>
/// <remarks>Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries, and the metadata services' own documentation, as of 2026-11.</remarks>
internal static class AddressRanges
{
    private static readonly IPNetwork[] Forbidden = Networks(
        "0.0.0.0/8", "::/128",                                // "this host": connects to loopback on Linux
        "169.254.0.0/16", "fe80::/10",                        // link-local, with the metadata services of most clouds
        "224.0.0.0/4", "255.255.255.255/32", "ff00::/8",      // multicast and broadcast
        "fd00:ec2::254/128", "fd00:ec2::23/128",              // AWS: instance metadata and container credentials over IPv6
        "fd20:ce::254/128",                                   // Google Cloud metadata over IPv6
        "100.100.100.200/32",                                 // Alibaba Cloud metadata
        "168.63.129.16/32",                                   // Azure's host agent
        "192.0.0.192/32");                                    // Oracle Cloud metadata, old address

    private static readonly IPNetwork[] NotPublic = Networks(
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",      // private
        "127.0.0.0/8",                                        // loopback
        "100.64.0.0/10",                                      // shared by carriers
        "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15",    // protocol assignments, 6to4 relays, benchmarks
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  // documentation
        "240.0.0.0/4",                                        // reserved
        "2001::/23",                                          // protocol assignments, with Teredo and ORCHID
        "2001:db8::/32", "3fff::/20",                         // documentation
        "2002::/16");                                         // 6to4

    // Every IPv6 address that is routed in public lies here; loopback, unique-local, NAT64 and IPv4-compatible ones lie outside.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] Ipv4InLastBytes = Networks("::/96", "64:ff9b::/96", "64:ff9b:1::/48");
    private static readonly IPNetwork Ipv4AfterPrefix = IPNetwork.Parse("2002::/16");

    /// <summary>Link-local, metadata, multicast, or another spelling of such an address: no setting allows it.</summary>
    public static bool IsForbidden(IPAddress address)
    {
        // IPNetwork.Contains maps these back by itself, so a range of IPv4 would match; no name of an honest upstream resolves to one.
        if (address.IsIPv4MappedToIPv6)
        {
            return true;
        }

        return Contains(Forbidden, address) || (EmbeddedIpv4(address) is { } embedded && Contains(Forbidden, embedded));
    }

    /// <summary>Whether no address of a network could ever be allowed.</summary>
    public static bool IsForbidden(IPNetwork network) =>
        Array.Exists(Forbidden, range => range.PrefixLength <= network.PrefixLength && range.Contains(network.BaseAddress));

    public static bool IsPublic(IPAddress address) =>
        !IsForbidden(address)
        && !Contains(NotPublic, address)
        && (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork || GlobalUnicast.Contains(address));

    /// <summary>The IPv4 address that a translating router would reach through this one.</summary>
    private static IPAddress? EmbeddedIpv4(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (bytes.Length != 16 || IPAddress.IPv6Loopback.Equals(address))
        {
            return null;
        }

        return Contains(Ipv4InLastBytes, address) ? new IPAddress(bytes.AsSpan(12))
            : Ipv4AfterPrefix.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4))
            : null;
    }

    private static bool Contains(IPNetwork[] networks, IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static IPNetwork[] Networks(params string[] ranges) => Array.ConvertAll(ranges, range => IPNetwork.Parse(range));
}
