using Gateway.Infrastructure;
using Gateway.Proxy.Platforms.Claude;
using Gateway.Proxy.Scheduling;

namespace Gateway.Proxy.Platforms.ClaudeCcr;

/// <summary>Anthropic's own API with an OAuth access token.</summary>
/// <remarks>Source: Anthropic SDK for TypeScript, its OAuth credentials, read 2026-11.</remarks>
internal sealed class ClaudeCcrAdapter : ClaudeApi
{
    private const string BetaHeader = "anthropic-beta";

    /// <summary>Without it the API takes no access token.</summary>
    private const string OAuthBeta = "oauth-2025-04-20";

    public override Platform Platform => Platform.ClaudeCcr;

    protected override void Authorize(HttpRequestMessage request, UpstreamAccount account)
    {
        request.Headers.TryAddWithoutValidation("authorization", $"Bearer {account.Credentials[CredentialFields.AccessToken]}");
        if (!NamesOAuth(request))
        {
            // Several values of one header go out as one list, behind the client's own.
            request.Headers.TryAddWithoutValidation(BetaHeader, OAuthBeta);
        }
    }

    private static bool NamesOAuth(HttpRequestMessage request)
    {
        if (!request.Headers.NonValidated.TryGetValues(BetaHeader, out var values))
        {
            return false;
        }

        foreach (var value in values)
        {
            foreach (var range in value.AsSpan().Split(','))
            {
                if (value.AsSpan(range).Trim() is OAuthBeta)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
