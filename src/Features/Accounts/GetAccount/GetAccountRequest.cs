using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Accounts.GetAccount;

/// <summary>Shows one account.</summary>
/// <param name="Id">Identifier of the account.</param>
public sealed record GetAccountRequest(long Id) : IRequest<Result<AccountView>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}
