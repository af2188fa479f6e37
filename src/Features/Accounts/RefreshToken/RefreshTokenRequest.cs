using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Accounts.RefreshToken;

/// <summary>Renews the tokens of an OAuth account now, whenever they end. A success clears the marks <c>needs_login</c> and <c>error</c>.</summary>
/// <param name="Id">Identifier of the account.</param>
public sealed record RefreshTokenRequest(long Id) : IRequest<Result<AccountView>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}
