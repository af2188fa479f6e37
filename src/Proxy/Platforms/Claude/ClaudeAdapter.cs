using Gateway.Infrastructure;
using Gateway.Proxy.Scheduling;

namespace Gateway.Proxy.Platforms.Claude;

/// <summary>Anthropic's own API with a key.</summary>
internal sealed class ClaudeAdapter : ClaudeApi
{
    public override Platform Platform => Platform.Claude;

    protected override void Authorize(HttpRequestMessage request, UpstreamAccount account) =>
        request.Headers.TryAddWithoutValidation("x-api-key", account.Credentials[CredentialFields.ApiKey]);
}
