using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Accounts.CreateAuthorizeUrl;

/// <summary>
/// Begins a log-in at a provider (authorization code with PKCE, RFC 6749 and RFC 7636). Open <c>url</c> in a browser, log in there, and send what the
/// browser is led back to to <c>/api/admin/accounts/oauth/exchange</c>. No client id is built in: use one that the provider has issued for this.
/// </summary>
/// <param name="Platform">A platform whose accounts have a log-in: <c>claude_ccr</c>.</param>
/// <param name="AccountId">The account that gets the new credentials; omit for a new account.</param>
/// <param name="ProxyUrl">Outbound proxy of the account, which the code is exchanged through too; omit for none, or for the account's own.</param>
/// <param name="AuthorizeUrl">The provider's page for logging in; required.</param>
/// <param name="TokenUrl">The provider's token endpoint; omit for the account's own, else <c>/v1/oauth/token</c> of its address.</param>
/// <param name="ClientId">Client id that the provider has issued; omit for the account's own.</param>
/// <param name="RedirectUri">Where the provider leads the browser back to, as registered with the client id; required.</param>
/// <param name="Scope">What the tokens are for, in the provider's words, with blanks between; omit for the provider's default.</param>
public sealed record CreateAuthorizeUrlRequest(
    string Platform,
    long? AccountId = null,
    string? ProxyUrl = null,
    string? AuthorizeUrl = null,
    string? TokenUrl = null,
    string? ClientId = null,
    string? RedirectUri = null,
    string? Scope = null) : IRequest<Result<CreateAuthorizeUrlResponse>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}

/// <summary>A log-in that has begun.</summary>
/// <param name="Url">The page to open.</param>
/// <param name="State">Names the log-in; good for one exchange, by whoever began it.</param>
/// <param name="ExpiresAt">When it has to be ended, UTC.</param>
public sealed record CreateAuthorizeUrlResponse(string Url, string State, DateTime ExpiresAt);
