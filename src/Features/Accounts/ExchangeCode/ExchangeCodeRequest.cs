using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Accounts.ExchangeCode;

/// <summary>Ends a log-in at a provider: exchanges its code for tokens, and makes an account of them or gives them to the account that the log-in was for.</summary>
/// <param name="State">The <c>state</c> of the log-in that <c>/api/admin/accounts/oauth/authorize-url</c> began.</param>
/// <param name="Code">The code that the provider gave; or else <c>callback_url</c>.</param>
/// <param name="CallbackUrl">The whole address that the provider led the browser back to; or else <c>code</c>.</param>
/// <param name="Name">Name of the new account, unique among accounts; omit for one that is made up. Only for a new account.</param>
public sealed record ExchangeCodeRequest(string State, string? Code = null, string? CallbackUrl = null, string? Name = null)
    : IRequest<Result<AccountView>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}
