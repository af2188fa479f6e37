using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Accounts.RecoverAccount;

/// <summary>Clears the cooldowns and error marks of an account, so that it is tried again at once.</summary>
/// <param name="Id">Identifier of the account.</param>
public sealed record RecoverAccountRequest(long Id) : IRequest<Result<AccountView>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}
