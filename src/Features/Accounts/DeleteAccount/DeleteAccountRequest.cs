using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Accounts.DeleteAccount;

/// <summary>Removes an account and its credentials. Usage keeps its id, and its name may be used again.</summary>
/// <param name="Id">Identifier of the account.</param>
public sealed record DeleteAccountRequest(long Id) : IRequest<Result<Nothing>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}
