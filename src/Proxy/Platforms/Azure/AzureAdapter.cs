using Gateway.Infrastructure;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.OpenAi;
using Gateway.Proxy.Scheduling;

namespace Gateway.Proxy.Platforms.Azure;

/// <summary>Azure OpenAI: a model is a deployment, which the body names, and with a dated API version the address too.</summary>
/// <remarks>Source: Azure OpenAI REST reference, API lifecycle and authentication pages, read 2026-11.</remarks>
internal sealed class AzureAdapter(EntraTokens tokens) : OpenAiApi
{
    public override Platform Platform => Platform.Azure;

    public override async ValueTask<Failure?> AuthenticateAsync(HttpRequestMessage request, UpstreamCall call, CancellationToken cancellationToken)
    {
        if (call.Account.Credentials.Kind != AzureDescription.EntraId)
        {
            return null;
        }

        var found = await tokens.GetAsync(call.Account, cancellationToken);
        if (found.Failure is null)
        {
            request.Headers.TryAddWithoutValidation("authorization", $"Bearer {found.Token}");
        }

        return found.Failure;
    }

    // The client's query is not passed on: an api-version in it is meant for the gateway.
    protected override Uri Address(in UpstreamCall call, string operation)
    {
        var version = call.Account.Credentials.Find(CredentialFields.ApiVersion);
        var deployment = call.Model;
        return version is null

            // The deployment is in the body only, so the address is one of a few.
            ? call.Account.Url(operation, "", static (baseUrl, path) => UpstreamUrl.Azure(baseUrl, path, "", null))
            : call.Account.Url(baseUrl => UpstreamUrl.Azure(baseUrl, operation, deployment, version));
    }

    protected override string Join(string baseUrl, string operation, UpstreamAccount account) =>
        UpstreamUrl.Azure(baseUrl, operation, "", account.Credentials.Find(CredentialFields.ApiVersion));

    protected override void Authorize(HttpRequestMessage request, UpstreamAccount account)
    {
        if (account.Credentials.Find(CredentialFields.ApiKey) is { } key)
        {
            request.Headers.TryAddWithoutValidation("api-key", key);
        }
    }
}
