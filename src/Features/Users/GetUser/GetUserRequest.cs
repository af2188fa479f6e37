using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Users.GetUser;

/// <summary>Shows one user.</summary>
/// <param name="Id">Identifier of the user.</param>
public sealed record GetUserRequest(long Id) : IRequest<Result<UserView>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}
