using System.Net;

namespace Gateway.Infrastructure.Http;

/// <summary>Makes the connection pools for everything that the gateway sends to the outside.</summary>
/// <param name="connectSeconds">The present value of <see cref="UpstreamSettings.ConnectSeconds"/>; null: its default for good.</param>
internal sealed class UpstreamHandlers(UpstreamAddressPolicy policy, Func<int>? connectSeconds = null)
{
    /// <summary>A handler that connects only where the policy allows, and adds nothing of its own to a request. It goes by what is set at the moment.</summary>
    /// <param name="proxyUrl">The outbound proxy of an account; null: direct.</param>
    /// <remarks>A pool is dear: keep one handler per proxy for the life of the process, or at least as long as the account is used.</remarks>
    /// <exception cref="UriFormatException">The address of the proxy is malformed. Where it leads is checked at connect.</exception>
    public HttpMessageHandler Create(string? proxyUrl = null) =>
        connectSeconds is null ? CreatePool(UpstreamSettings.ConnectSeconds.DefaultValue, proxyUrl) : new RenewedHandler(seconds => CreatePool(seconds, proxyUrl), connectSeconds);

    /// <summary>As <see cref="Create"/>, with one value for good.</summary>
    public SocketsHttpHandler CreatePool(int connectLimitSeconds, string? proxyUrl = null)
    {
        var proxy = proxyUrl is null ? null : new AlwaysProxy(proxyUrl);
        return new SocketsHttpHandler
        {
            ConnectCallback = proxy is null ? policy.ConnectAsync : policy.ConnectToProxyAsync,
            ConnectTimeout = TimeSpan.FromSeconds(connectLimitSeconds),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),

            // A name is looked up, and the policy asked, again this often, also on connections that never rest.
            PooledConnectionLifetime = TimeSpan.FromMinutes(30),
            MaxConnectionsPerServer = int.MaxValue,
            EnableMultipleHttp2Connections = true,
            Proxy = proxy,
            UseProxy = proxy is not null,   // also: never a proxy of the environment
            UseCookies = false,
            AllowAutoRedirect = false,      // a redirect would carry the secret to an address that nobody checked
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
        };
    }

    /// <summary>A pool's time limit stands once it has been used, so another value takes another pool.</summary>
    private sealed class RenewedHandler(Func<int, SocketsHttpHandler> create, Func<int> connectSeconds) : HttpMessageHandler
    {
        private readonly Lock _lock = new();
        private volatile Pool? _pool;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var seconds = connectSeconds();
            var pool = _pool;
            return (pool?.ConnectSeconds == seconds ? pool : Renew(seconds)).Invoker.SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            _pool?.Invoker.Dispose();
            base.Dispose(disposing);
        }

        /// <summary>Requests may be on their way in the old pool: its connections end by themselves when they have rested.</summary>
        private Pool Renew(int seconds)
        {
            lock (_lock)
            {
                return _pool?.ConnectSeconds == seconds ? _pool : _pool = new Pool(seconds, new HttpMessageInvoker(create(seconds)));
            }
        }

        private sealed record Pool(int ConnectSeconds, HttpMessageInvoker Invoker);
    }

    /// <summary>Sends every request through one proxy; unlike <see cref="WebProxy"/> it has no exceptions.</summary>
    private sealed class AlwaysProxy : IWebProxy
    {
        private readonly Uri _origin;

        public AlwaysProxy(string url)
        {
            if (!UpstreamAddress.TryParse(url, AddressUse.Proxy, out var address, out var problem))
            {
                throw new UriFormatException(problem);
            }

            _origin = address.Origin;
            Credentials = address.User is null ? null : new NetworkCredential(address.User, address.Password);
        }

        public ICredentials? Credentials { get; set; }

        public Uri GetProxy(Uri destination) => _origin;

        public bool IsBypassed(Uri host) => false;
    }
}
