using System.Net;
using System.Net.Sockets;
using Gateway.Infrastructure.Http;

namespace Gateway.Tests.Infrastructure.Http;

/// <summary>Policies with name servers of a test's own.</summary>
internal static class Policies
{
    public static readonly UpstreamOptions NothingPrivate = new([], new HashSet<int> { 443, 8443, 9443 });

    public static readonly UpstreamOptions LoopbackAllowed = NothingPrivate with
    {
        AllowedPrivateNetworks = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")],
    };

    /// <param name="options">What is allowed.</param>
    /// <param name="names">Addresses by host; every other name does not resolve.</param>
    public static UpstreamAddressPolicy Create(UpstreamOptions options, params (string Host, string[] Addresses)[] names) =>
        new(options, TimeProvider.System, (host, _) => Task.FromResult(names.FirstOrDefault(name => name.Host == host) is { Addresses: { } addresses }
            ? Array.ConvertAll(addresses, IPAddress.Parse)
            : throw new SocketException((int)SocketError.HostNotFound)));
}
