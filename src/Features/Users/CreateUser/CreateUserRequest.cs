using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence.Entities;
using MediatR;

namespace Gateway.Features.Users.CreateUser;

/// <summary>Creates a person who may log in.</summary>
/// <param name="Username">Name to log in with: 1 to 64 printable characters without spaces at the ends, unique in upper and lower case alike.</param>
/// <param name="Password">12 to 128 characters.</param>
/// <param name="Role"><c>admin</c>: may do everything. <c>user</c>: sees and manages only what is their own.</param>
/// <param name="Email">Address of the person; null, the default: not given.</param>
/// <param name="Enabled">Whether the person may log in; default: true.</param>
/// <param name="KeyDefaults">What the keys get that the person creates for themselves; default: they may not create any.</param>
public sealed record CreateUserRequest(
    string Username, string Password, string Role, string? Email = null, bool Enabled = true, KeyDefaults? KeyDefaults = null)
    : IRequest<Result<UserView>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Infrastructure.Auth.Role.Admin;
}
