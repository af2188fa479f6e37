using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Infrastructure.Auth.ApiKeys;

/// <summary>The one spelling in which a range of client addresses is stored and compared.</summary>
internal static class IpRange
{
    /// <summary>Accepts a CIDR range or a single address; <c>10.1.2.3</c> becomes <c>10.1.2.3/32</c>.</summary>
    public static bool TryNormalize(string? text, [NotNullWhen(true)] out string? range)
    {
        range = null;
        if (text is null)
        {
            return false;
        }

        var slash = text.IndexOf('/');
        var host = slash < 0 ? text : text[..slash];
        if (!IPAddress.TryParse(host, out var address) || !IsUnambiguous(host, address))
        {
            return false;
        }

        var network = default(IPNetwork);
        if (slash < 0)
        {
            network = new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        }
        else if (!IPNetwork.TryParse(text, out network))
        {
            return false;
        }

        range = network.ToString();
        return true;
    }

    /// <exception cref="FormatException">The text is neither an address nor a range.</exception>
    public static string Normalize(string text) =>
        TryNormalize(text, out var range) ? range : throw new FormatException("The text is neither an address nor a CIDR range.");

    // .NET reads 010.0.0.1 as octal and 10.1 as 10.0.0.1: whoever wrote that may have meant something else. An IPv6 zone has a meaning on one machine only,
    // and clients that come by IPv4 are compared as IPv4 even where the socket shows them mapped into IPv6.
    private static bool IsUnambiguous(string host, IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? host == address.ToString()
        : !host.Contains('%') && !address.IsIPv4MappedToIPv6;
}
