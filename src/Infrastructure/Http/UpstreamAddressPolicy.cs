using System.Net;
using System.Net.Sockets;

namespace Gateway.Infrastructure.Http;

/// <summary>
/// Which addresses the gateway may call with an account's secret. Asked twice: when an address is saved, which gives the operator a message, and at
/// every connect, which is what protects, since a name may resolve to something else by then.
/// </summary>
/// <remarks>
/// Public addresses: https on port 443, 8443 or one of <c>Upstream:AllowedPorts</c>. Networks of <c>Upstream:AllowedPrivateNetworks</c>: also plain http
/// and any port. Other private addresses: no. Link-local, metadata and multicast addresses: never, whatever is configured.
/// An outbound proxy lies under the same rules for addresses, but a public one may speak http or socks5 on any port: what passes through it to a public
/// upstream is https. Which address the upstream's name means is then the proxy's decision, so nothing behind it can be checked here.
/// </remarks>
internal sealed class UpstreamAddressPolicy(UpstreamOptions options, TimeProvider clock, UpstreamAddressPolicy.Resolver? resolver = null)
{
    /// <summary>Name servers that do not answer must not hold up an operator who saves an account.</summary>
    private static readonly TimeSpan ResolveWhenSavedLimit = TimeSpan.FromSeconds(3);

    /// <summary>What one silent address may take of the time to connect while others remain.</summary>
    private static readonly TimeSpan ConnectAttemptLimit = TimeSpan.FromSeconds(3);

    private static readonly HashSet<string> MetadataHosts = new(StringComparer.OrdinalIgnoreCase)
    {
        "metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal", "metadata.tencentyun.com", "metadata.packet.net",
    };

    private readonly Resolver _resolve = resolver ?? Dns.GetHostAddressesAsync;

    /// <summary>All addresses of a host name; tests give their own.</summary>
    public delegate Task<IPAddress[]> Resolver(string host, CancellationToken cancellationToken);

    /// <summary>What speaks against saving an address, for a person; null: nothing.</summary>
    /// <remarks>A public host that does not resolve at the moment is accepted: it is checked again before anything is sent to it.</remarks>
    public async Task<string?> CheckWhenSavedAsync(string url, AddressUse use, CancellationToken cancellationToken)
    {
        if (!UpstreamAddress.TryParse(url, use, out var address, out var problem))
        {
            return problem;
        }

        var publicProblem = use == AddressUse.Proxy ? null : PublicProblem(address.IsTls, address.Port);
        var found = address.Literal is { } literal ? [literal] : await ResolveWhenSavedAsync(address.Host, cancellationToken);
        if (found.Length == 0 && publicProblem is not null && !MetadataHosts.Contains(address.Host))
        {
            return $"'{address.Host}' does not resolve at the moment. {publicProblem}";
        }

        return Problem(address.Host, found, publicProblem);
    }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/> of a handler that calls upstreams directly.</summary>
    /// <exception cref="ForbiddenAddressException">One of the host's addresses may not be called; nothing was sent to any of them.</exception>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var target = context.DnsEndPoint;
        var isTls = context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttps;
        return ConnectAsync(target, PublicProblem(isTls, target.Port), cancellationToken);
    }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/> of a handler all of whose requests go through a proxy.</summary>
    /// <exception cref="ForbiddenAddressException">One of the proxy's addresses may not be called; nothing was sent to any of them.</exception>
    public ValueTask<Stream> ConnectToProxyAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        ConnectAsync(context.DnsEndPoint, publicProblem: null, cancellationToken);

    // The name is resolved once and the connection goes to one of exactly the addresses that were checked: a second look-up could answer differently.
    private async ValueTask<Stream> ConnectAsync(DnsEndPoint target, string? publicProblem, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await _resolve(target.Host, cancellationToken);
        if (Problem(target.Host, addresses, publicProblem) is { } problem)
        {
            throw new ForbiddenAddressException($"{target.Host}:{target.Port}: {problem}");
        }

        for (var i = 0; i < addresses.Length; i++)
        {
            var isLast = i == addresses.Length - 1;
            try
            {
                return await ConnectAsync(addresses[i], target.Port, isLast ? Timeout.InfiniteTimeSpan : ConnectAttemptLimit, cancellationToken);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException && !isLast && !cancellationToken.IsCancellationRequested)
            {
                // The next address may answer.
            }
        }

        throw new SocketException((int)SocketError.HostNotFound);
    }

    private async Task<Stream> ConnectAsync(IPAddress address, int port, TimeSpan limit, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var timeout = new CancellationTokenSource(limit, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            await socket.ConnectAsync(address, port, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> ResolveWhenSavedAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return await _resolve(host, cancellationToken).WaitAsync(ResolveWhenSavedLimit, clock, cancellationToken);
        }
        catch (Exception exception) when (exception is SocketException or TimeoutException)
        {
            return [];
        }
    }

    private string? Problem(string host, IPAddress[] addresses, string? publicProblem)
    {
        if (MetadataHosts.Contains(host))
        {
            return $"'{host}' is a metadata service, which is never called.";
        }

        foreach (var address in addresses)
        {
            if (Problem(address, publicProblem) is { } problem)
            {
                return address.ToString() == host ? problem : $"'{host}' resolves to {address}. {problem}";
            }
        }

        return null;
    }

    private string? Problem(IPAddress address, string? publicProblem) =>
        AddressRanges.IsForbidden(address) ? "Link-local, metadata, multicast and disguised addresses are never called."
        : options.AllowedPrivateNetworks.Any(network => network.Contains(address)) ? null
        : AddressRanges.IsPublic(address) ? publicProblem
        : "Addresses that are not public are called only in the networks of Upstream:AllowedPrivateNetworks.";

    /// <summary>What speaks against a target unless it lies in an allowed private network.</summary>
    private string? PublicProblem(bool isTls, int port) =>
        !isTls ? "Plain http is only for the networks of Upstream:AllowedPrivateNetworks: write https."
        : !options.AllowedPorts.Contains(port) ? $"Port {port} is not allowed: use 443, 8443 or one of Upstream:AllowedPorts."
        : null;
}

/// <summary>The policy forbids the target of a connection.</summary>
internal sealed class ForbiddenAddressException(string message) : IOException(message);
