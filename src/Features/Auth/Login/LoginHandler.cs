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
        var address = accessor.HttpContext?.Connection.RemoteIpAddress;
        var wait = await throttle.WaitAsync(request.Username, address);
        if (wait > TimeSpan.Zero)
        {
            return GatewayError.TooManyRequests("Too many failed log-ins. Wait and try again.", wait);
        }

        var name = request.Username.ToLowerInvariant();
        var user = await db.Users.FirstOrDefaultAsync(user => user.LiveUsername == name, cancellationToken);

        // An unknown name costs a hash too, and gets the same words: neither time nor text tells which names exist.
        var matches = await passwords.VerifyAsync(user?.PasswordHash, request.Password, cancellationToken);
        if (!matches || user is not { Enabled: true })
        {
            await throttle.FailedAsync(request.Username, address);
            return GatewayError.Unauthorized("The username or the password is wrong.");
        }

        await throttle.SucceededAsync(request.Username, address);
        var now = clock.GetUtcNow().UtcDateTime;
        await db.Users.Where(row => row.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.LastLoginAtUtc, now), cancellationToken);
        var token = issuer.Issue(user);
        return new LoginResponse(token.Token, "Bearer", token.ExpiresAtUtc, UserInfo.Of(user));
    }
}
