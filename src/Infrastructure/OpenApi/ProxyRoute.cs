namespace Gateway.Infrastructure.OpenApi;

/// <summary>Endpoint metadata: the route belongs to a client's own format. It takes API keys, and the format's owner documents what goes in and out.</summary>
internal sealed class ProxyRoute;

internal static class ProxyRouteExtensions
{
    /// <summary>For routes whose message is <c>IRequireApiKey</c>: log-in tokens do not open them.</summary>
    public static void AsProxyRoute(this RouteHandlerBuilder route) => route.WithTags("Proxy").AllowAnonymous().WithMetadata(new ProxyRoute());
}
