using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Auth.ChangePassword;

/// <summary>Sets a new password and ends all older tokens of the caller.</summary>
/// <param name="CurrentPassword">The present password.</param>
/// <param name="NewPassword">The new one: 12 to 128 characters, other than the present one.</param>
public sealed record ChangePasswordRequest(string CurrentPassword, string NewPassword) : IRequest<Result<ChangePasswordResponse>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.User;
}

/// <summary>A token that goes on after the change.</summary>
/// <param name="Token">The new log-in token.</param>
/// <param name="ExpiresAt">When it ends, UTC.</param>
public sealed record ChangePasswordResponse(string Token, DateTime ExpiresAt);
