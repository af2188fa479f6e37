using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Auth.Login;

internal sealed class LoginHandler(
    GatewayDbContext db, Passwords passwords, JwtIssuer issuer, LoginThrottle throttle, IHttpContextAccessor accessor, TimeProvider clock)
    : IRequestHandler<LoginRequest, Result<LoginResponse>>
{
    public async Task<Result<LoginResponse>> Handle(LoginRequest request, CancellationToken cancellationToken)
    {
        var name = request.Username.ToLowerInvariant();
        var user = await db.Users.FirstOrDefaultAsync(user => user.LiveUsername == name, cancellationToken);
        var attempt = await throttle.BeginAsync(request.Username, accessor.HttpContext?.Connection.RemoteIpAddress);
        if (attempt.Wait > TimeSpan.Zero)
        {
            return GatewayError.TooManyRequests("Too many failed log-ins. Wait and try again.", attempt.Wait);
        }

        // An unknown name costs a hash too, and gets the same words: neither time nor text tells which names exist.
        var matches = await passwords.VerifyAsync(user?.PasswordHash, request.Password, cancellationToken);
        if (matches.Error is { } busy)
        {
            await throttle.NotCheckedAsync(attempt);
            return busy;
        }

        if (!matches.Value || user is not { Enabled: true })
        {
            return GatewayError.Unauthorized("The username or the password is wrong.");
        }

        await throttle.SucceededAsync(attempt);
        var now = clock.GetUtcNow().UtcDateTime;
        await db.Users.Where(row => row.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.LastLoginAtUtc, now), cancellationToken);
        var token = issuer.Issue(user);
        return new LoginResponse(token.Token, "Bearer", token.ExpiresAtUtc, UserInfo.Of(user));
    }
}
