using System.Buffers;
using System.Net;

namespace Gateway.Infrastructure.Http;

/// <summary>What an address of an account is for. It decides which forms are accepted.</summary>
internal enum AddressUse
{
    /// <summary>Paths are appended to it, unless it ends in <c>#</c>.</summary>
    Base,

    /// <summary>Called exactly as written, for instance a token endpoint.</summary>
    Endpoint,

    /// <summary>An outbound proxy: http, https or socks5, with a user name and a password if it wants them.</summary>
    Proxy,
}

/// <summary>An upstream address, read without any of the leniency of <see cref="Uri"/>.</summary>
/// <remarks>Not a record: its text form must not print the password.</remarks>
internal sealed class UpstreamAddress
{
    public const string Mask = "***";

    // RFC 3986 without the characters that browsers and Uri correct silently (backslash, quotes, brackets of other kinds).
    private static readonly SearchValues<char> UrlCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%");

    private readonly string _authority;

    private UpstreamAddress(string scheme, string authority, HostAndPort target, string? userInfo)
    {
        _authority = authority;
        Scheme = scheme;
        Host = target.Host;
        Port = target.Port;
        Literal = target.Literal;
        if (userInfo?.Split(':', 2) is { } parts)
        {
            User = Uri.UnescapeDataString(parts[0]);
            Password = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : null;
        }
    }

    /// <summary><c>http</c>, <c>https</c> or <c>socks5</c>.</summary>
    public string Scheme { get; }

    /// <summary>Lower case, without brackets.</summary>
    public string Host { get; }

    public int Port { get; }

    /// <summary>The host, when it is an IP address.</summary>
    public IPAddress? Literal { get; }

    public string? User { get; }

    public string? Password { get; }

    public bool IsTls => Scheme == Uri.UriSchemeHttps;

    /// <summary>Scheme, host and port alone.</summary>
    public Uri Origin => new($"{Scheme}://{_authority}");

    /// <summary>The address with its password covered.</summary>
    public string Masked => User is null ? $"{Scheme}://{_authority}"
        : Password is null ? $"{Scheme}://{Uri.EscapeDataString(User)}@{_authority}"
        : $"{Scheme}://{Uri.EscapeDataString(User)}:{Mask}@{_authority}";

    /// <param name="text">The address as an operator wrote it.</param>
    /// <param name="use">What it is for.</param>
    /// <param name="address">Its parts.</param>
    /// <param name="problem">What is wrong with it, for a person.</param>
    public static bool TryParse(string text, AddressUse use, out UpstreamAddress address, out string problem)
    {
        address = null!;
        problem = "";
        if (text.AsSpan().ContainsAnyExcept(UrlCharacters))
        {
            problem = "Only the ASCII characters of web addresses may stand here. Write an international name in its xn-- form.";
            return false;
        }

        var schemeLength = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = schemeLength < 0 ? "" : text[..schemeLength].ToLowerInvariant();
        if (scheme is not ("https" or "http") && !(scheme == "socks5" && use == AddressUse.Proxy))
        {
            problem = use == AddressUse.Proxy
                ? "Write an address that starts with http://, https:// or socks5://."
                : "Write an address that starts with https:// (or http:// inside an allowed private network).";
            return false;
        }

        var rest = text[(schemeLength + 3)..];
        var isWhole = use == AddressUse.Base && rest.EndsWith('#');
        rest = isWhole ? rest[..^1] : rest;
        var authorityLength = rest.AsSpan().IndexOfAny('/', '?', '#');
        var authority = authorityLength < 0 ? rest : rest[..authorityLength];
        var path = authorityLength < 0 ? "" : rest[authorityLength..];
        var userEnd = authority.LastIndexOf('@');
        var userInfo = userEnd < 0 ? null : authority[..userEnd];
        authority = authority[(userEnd + 1)..];
        problem = UserInfoProblem(userInfo, use) ?? PathProblem(path, use, isWhole) ?? "";
        if (problem.Length > 0 || !HostAndPort.TryParse(authority, DefaultPort(scheme), out var target, out problem))
        {
            return false;
        }

        // The client will call what Uri makes of the text: both must have understood the same target.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || !string.Equals(uri.IdnHost, target.Host, StringComparison.OrdinalIgnoreCase)
            || (uri.Port >= 0 && uri.Port != target.Port))
        {
            problem = "This is not a valid web address.";
            return false;
        }

        address = new UpstreamAddress(scheme, authority.ToLowerInvariant(), target, userInfo);
        return true;
    }

    private static string? UserInfoProblem(string? userInfo, AddressUse use) => userInfo switch
    {
        null => null,
        _ when use != AddressUse.Proxy => "A user name or a password may not stand in an address.",
        _ when userInfo.Contains('@') => "Write an '@' inside a user name or a password as %40.",
        "" or [':', ..] => "The user name before the '@' is missing.",
        _ => null,
    };

    private static string? PathProblem(string path, AddressUse use, bool isWhole)
    {
        var queryStart = path.IndexOf('?', StringComparison.Ordinal);
        var segments = (queryStart < 0 ? path : path[..queryStart]).Split('/');
        if (path.Contains('#'))
        {
            return use == AddressUse.Base
                ? "A '#' may only be the last character: then the address is used as it is."
                : "A '#' may not stand in an address.";
        }

        if (use == AddressUse.Proxy)
        {
            return path is "" or "/" ? null : "The address of a proxy ends after its port.";
        }

        if (queryStart >= 0 && use == AddressUse.Base && !isWhole)
        {
            return "A query ('?…') may not stand in a base address, since paths are appended to it.";
        }

        return segments.Any(segment => segment.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..")
            ? "'.' and '..' may not stand in a path."
            : null;
    }

    private static int DefaultPort(string scheme) => scheme switch
    {
        "https" => 443,
        "http" => 80,
        _ => 1080,
    };
}
