using Gateway.Proxy.Errors;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy;

/// <summary>The end of a proxied request: written already, or an error still to be written in the client's own format.</summary>
internal readonly struct ProxyReply : IFailable<ProxyReply>
{
    public static readonly ProxyReply Done;

    private ProxyReply(GatewayError error) => Error = error;

    public GatewayError? Error { get; }

    public static ProxyReply Fail(GatewayError error) => new(error);

    public Task WriteIfFailedAsync(HttpContext http, ClientFormat format) =>
        Error is { } error ? ErrorWriter.WriteAsync(http, format, Failure.Of(error), error.Status) : Task.CompletedTask;
}
