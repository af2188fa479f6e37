using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Http;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Tokens;
using MediatR;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Accounts.CreateAuthorizeUrl;

internal sealed class CreateAuthorizeUrlHandler(
    GatewayDbContext db, PlatformCatalogue catalogue, UpstreamAddressPolicy policy, OAuthLogins logins, SecretBox box, ICurrentUser user, TimeProvider clock)
    : IRequestHandler<CreateAuthorizeUrlRequest, Result<CreateAuthorizeUrlResponse>>
{
    public async Task<Result<CreateAuthorizeUrlResponse>> Handle(CreateAuthorizeUrlRequest request, CancellationToken cancellationToken)
    {
        var platform = PlatformNames.Parse(request.Platform);
        var description = catalogue[platform];
        if (!description.Oauth)
        {
            return GatewayError.Invalid("platform", $"Accounts of {request.Platform} have no log-in: write their credentials.");
        }

        Account? account = null;
        if (request.AccountId is { } id)
        {
            account = await db.Accounts.AsNoTracking().Existing().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
            if (account is null)
            {
                return AccountRows.NotFound(id);
            }

            if (account.Platform != platform)
            {
                return GatewayError.Invalid("account_id", $"This is an account of {account.Platform.Name()}.");
            }
        }

        var present = account is null ? null : AccountCredentials.TryOpen(box, account.Id, account.CredentialsEncrypted);
        var clientId = request.ClientId ?? present?.Find(CredentialFields.ClientId);
        if (clientId is null)
        {
            return GatewayError.Invalid("client_id", "Required: the client id that the provider has issued. None is built in.");
        }

        var tokenUrl = request.TokenUrl ?? present?.Find(CredentialFields.TokenUrl);
        if (await AccountAddresses.CheckAsync(policy, description, null, request.ProxyUrl, null, cancellationToken) is { } refused)
        {
            return refused;
        }

        if (tokenUrl is not null && await policy.CheckWhenSavedAsync(tokenUrl, AddressUse.Endpoint, cancellationToken) is { } problem)
        {
            return GatewayError.Invalid("token_url", problem);
        }

        var login = new OAuthLogin(user.Id, request.Platform, request.AccountId, request.ProxyUrl, tokenUrl, clientId, request.RedirectUri!, OAuthLogins.NewSecret());
        var state = OAuthLogins.NewSecret();
        var expiresAt = clock.UtcNowMicroseconds() + OAuthLogins.Life;
        try
        {
            await logins.AddAsync(state, login);
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            return OAuthLogins.RedisAway();
        }

        return new CreateAuthorizeUrlResponse(Url(request, login, state), state, expiresAt);
    }

    private static string Url(CreateAuthorizeUrlRequest request, OAuthLogin login, string state)
    {
        var query = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = login.ClientId,
            ["redirect_uri"] = login.RedirectUri,
            ["scope"] = request.Scope,
            ["state"] = state,
            ["code_challenge"] = OAuthLogins.Challenge(login.CodeVerifier),
            ["code_challenge_method"] = "S256",
        };
        return QueryHelpers.AddQueryString(request.AuthorizeUrl!, query.Where(pair => pair.Value is not null));
    }
}
