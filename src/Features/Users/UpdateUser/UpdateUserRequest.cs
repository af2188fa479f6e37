using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Json;
using Gateway.Infrastructure.Persistence.Entities;
using MediatR;

namespace Gateway.Features.Users.UpdateUser;

/// <summary>
/// Changes a user: absent members stay as they are, null clears, objects are replaced whole. Another role, a new password or disabling ends all tokens of
/// the user at once. The last enabled administrator can be neither disabled nor demoted.
/// </summary>
/// <param name="Username">Name to log in with: 1 to 64 printable characters without spaces at the ends, unique in upper and lower case alike.</param>
/// <param name="Password">A new password of 12 to 128 characters.</param>
/// <param name="Role"><c>admin</c> or <c>user</c>.</param>
/// <param name="Email">Address of the person; null: not given.</param>
/// <param name="Enabled">Whether the person may log in and their keys are accepted.</param>
/// <param name="KeyDefaults">What the keys get that the person creates for themselves from now on; an absent member of it has its default.</param>
public sealed record UpdateUserRequest(
    Optional<string> Username, Optional<string> Password, Optional<string> Role, Optional<string?> Email, Optional<bool> Enabled, Optional<KeyDefaults> KeyDefaults)
    : IRequest<Result<UserView>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Infrastructure.Auth.Role.Admin;

    internal long Id { get; init; }

    internal string? IfMatch { get; init; }
}
