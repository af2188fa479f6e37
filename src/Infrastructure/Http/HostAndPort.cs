using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Infrastructure.Http;

/// <summary>The target of a connection.</summary>
internal readonly record struct HostAndPort(string Host, int Port, IPAddress? Literal)
{
    private const int NameMaxLength = 253;
    private const int LabelMaxLength = 63;

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static bool TryParse(string authority, int defaultPort, out HostAndPort target, out string problem)
    {
        target = default;
        var hostEnd = authority.StartsWith('[') ? authority.IndexOf(']') + 1 : authority.IndexOf(':');
        hostEnd = hostEnd <= 0 ? authority.Length : hostEnd;
        var host = authority[..hostEnd].ToLowerInvariant();
        var port = defaultPort;
        problem = hostEnd < authority.Length && !TryParsePort(authority[hostEnd..], out port) ? "The port is not a number between 1 and 65535." : "";
        if (problem.Length > 0)
        {
            return false;
        }

        IPAddress? literal = null;
        problem = host.StartsWith('[') ? Ipv6Problem(ref host, out literal) : HostProblem(host, out literal);
        target = new HostAndPort(host, port, literal);
        return problem.Length == 0;
    }

    private static bool TryParsePort(string text, out int port)
    {
        port = 0;
        return text[0] == ':'
            && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port is >= 1 and <= IPEndPoint.MaxPort;
    }

    private static string Ipv6Problem(ref string host, out IPAddress? literal)
    {
        var isClosed = host.EndsWith(']');
        host = host.Trim('[', ']');
        return IPAddress.TryParse(host, out literal) && literal.AddressFamily == AddressFamily.InterNetworkV6 && isClosed && literal.ToString() == host
            ? ""
            : "Write an IPv6 address in its shortest form, without a zone.";
    }

    private static string HostProblem(string host, out IPAddress? literal)
    {
        if (IPAddress.TryParse(host, out literal))
        {
            return literal.ToString() == host ? "" : "Write an IPv4 address as four decimal numbers.";
        }

        var labels = host.Split('.');
        if (host.Length > NameMaxLength || !labels.All(IsLabel))
        {
            return "This is not the name of a host.";
        }

        // Resolvers read such names as addresses (127.1, 0x7f.1), each in its own way.
        var last = labels[^1];
        return char.IsAsciiDigit(last[0]) && (last.All(char.IsAsciiDigit) || last.StartsWith("0x", StringComparison.Ordinal))
            ? "Write an IPv4 address as four decimal numbers."
            : "";
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LabelMaxLength && !label.AsSpan().ContainsAnyExcept(LabelCharacters) && label[0] != '-' && label[^1] != '-';
}
