using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Users.DeleteUser;

/// <summary>Deletes a user: their tokens end at once, their keys are disabled, and the name is free again. The last enabled administrator cannot be deleted.</summary>
/// <param name="Id">Identifier of the user.</param>
public sealed record DeleteUserRequest(long Id) : IRequest<Result<Nothing>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}
