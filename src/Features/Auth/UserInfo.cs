using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Features.Auth;

/// <summary>The logged-in user.</summary>
/// <param name="Id">Identifier of the user.</param>
/// <param name="Username">Name as it was registered.</param>
/// <param name="Role"><c>admin</c> or <c>user</c>.</param>
public sealed record UserInfo(long Id, string Username, string Role)
{
    internal static UserInfo Of(User user) => new(user.Id, user.Username, user.Role.Name());
}
