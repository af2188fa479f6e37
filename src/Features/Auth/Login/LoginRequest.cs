using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Auth.Login;

/// <summary>Exchanges a name and a password for a log-in token.</summary>
/// <param name="Username">Name of the user; upper and lower case count the same.</param>
/// <param name="Password">The password, up to 128 characters.</param>
public sealed record LoginRequest(string Username, string Password)
    : IRequest<Result<LoginResponse>>, IAllowAnyone; // Nobody has a token before logging in.

/// <summary>A log-in token for the management API.</summary>
/// <param name="Token">Send it as <c>Authorization: Bearer …</c>.</param>
/// <param name="TokenType">Always <c>Bearer</c>.</param>
/// <param name="ExpiresAt">When the token ends, UTC.</param>
/// <param name="User">Who logged in.</param>
public sealed record LoginResponse(string Token, string TokenType, DateTime ExpiresAt, UserInfo User);
