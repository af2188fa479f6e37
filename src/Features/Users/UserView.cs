using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Features.Users;

/// <summary>A person who may log in.</summary>
/// <param name="Id">Identifier used in other calls.</param>
/// <param name="Username">Name to log in with; upper and lower case count the same.</param>
/// <param name="Role"><c>admin</c> or <c>user</c>.</param>
/// <param name="Email">Address of the person; null: not given.</param>
/// <param name="Enabled">Whether the person may log in and their keys are accepted.</param>
/// <param name="KeyDefaults">What the keys get that the person creates for themselves.</param>
/// <param name="LastLoginAt">When they last logged in, UTC; null: never.</param>
/// <param name="CreatedAt">When the user was created, UTC.</param>
/// <param name="UpdatedAt">When the user was last changed, UTC: send it as <c>If-Match</c>, in quotes, to change only what you have read.</param>
public sealed record UserView(
    long Id, string Username, string Role, string? Email, bool Enabled, KeyDefaults KeyDefaults, DateTime? LastLoginAt, DateTime CreatedAt, DateTime UpdatedAt)
{
    internal static UserView Of(User user) => new(
        user.Id,
        user.Username,
        user.Role.Name(),
        user.Email,
        user.Enabled,
        user.KeyDefaults with { AllowedPlatforms = user.KeyDefaults.AllowedPlatforms ?? [] },
        user.LastLoginAtUtc,
        user.CreatedAtUtc,
        user.UpdatedAtUtc);
}
