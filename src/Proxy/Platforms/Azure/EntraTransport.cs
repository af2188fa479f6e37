namespace Gateway.Proxy.Platforms.Azure;

/// <summary>Sends what Azure.Identity asks as the account's own requests are sent: its pool, its outbound proxy, the policy for upstream addresses.</summary>
internal sealed class EntraTransport(HttpMessageInvoker invoker, Uri authority) : HttpMessageHandler
{
    private const int MostBytes = 1024 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { } address || !string.Equals(address.Host, authority.Host, StringComparison.OrdinalIgnoreCase))
        {
            throw new HttpRequestException("Tokens are fetched from the configured authority only.");
        }

        // Azure.Identity knows https only. Whether http is allowed is up to the policy, at connect.
        request.RequestUri = new UriBuilder(address) { Scheme = authority.Scheme, Port = authority.Port }.Uri;
        request.Headers.UserAgent.Clear();
        request.Headers.TryAddWithoutValidation("user-agent", UpstreamHeaders.UserAgent);
        var response = await invoker.SendAsync(request, cancellationToken);
        try
        {
            await response.Content.LoadIntoBufferAsync(MostBytes, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
