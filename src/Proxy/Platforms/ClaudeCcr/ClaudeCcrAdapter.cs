using System.Net.Http.Headers;
using Gateway.Infrastructure;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Claude;
using Gateway.Proxy.Scheduling;
using Gateway.Proxy.Tokens;

namespace Gateway.Proxy.Platforms.ClaudeCcr;

/// <summary>Anthropic's own API with an OAuth access token, which is renewed before it ends and when the API does not take it.</summary>
/// <remarks>Source: Anthropic SDK for TypeScript, its OAuth credentials, read 2026-11.</remarks>
internal sealed class ClaudeCcrAdapter(TokenRefresher tokens) : ClaudeApi
{
    private const string Bearer = "Bearer";

    public const string BetaHeader = "anthropic-beta";

    /// <summary>Without it the API takes no access token.</summary>
    public const string OAuthBeta = "oauth-2025-04-20";

    public override Platform Platform => Platform.ClaudeCcr;

    public override async ValueTask<Failure?> AuthenticateAsync(HttpRequestMessage request, UpstreamCall call, CancellationToken cancellationToken)
    {
        if (await tokens.EnsureAsync(call.Account, cancellationToken) is { } failure)
        {
            return failure;
        }

        request.Headers.Authorization = new AuthenticationHeaderValue(Bearer, call.Account.Credentials[CredentialFields.AccessToken]);
        return null;
    }

    public override Failure ReadFailure(in UpstreamRefusal refusal)
    {
        var failure = base.ReadFailure(refusal);
        return refusal is { Status: StatusCodes.Status401Unauthorized, Account: { } account, Request.Headers.Authorization.Parameter: { } token } && tokens.Refuse(account, token)
            ? failure with { IsRepairable = true }
            : failure;
    }

    protected override void Authorize(HttpRequestMessage request, UpstreamAccount account)
    {
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
