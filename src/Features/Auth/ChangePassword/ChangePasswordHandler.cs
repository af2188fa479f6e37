using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Auth.ChangePassword;

internal sealed class ChangePasswordHandler(
    GatewayDbContext db, ICurrentUser current, Passwords passwords, JwtIssuer issuer, LoginThrottle throttle, IHttpContextAccessor accessor, TimeProvider clock)
    : IRequestHandler<ChangePasswordRequest, Result<ChangePasswordResponse>>
{
    public async Task<Result<ChangePasswordResponse>> Handle(ChangePasswordRequest request, CancellationToken cancellationToken)
    {
        var user = await db.Users.SingleAsync(row => row.Id == current.Id, cancellationToken);
        var address = accessor.HttpContext?.Connection.RemoteIpAddress;
        var wait = await throttle.WaitAsync(user.Username, address);
        if (wait > TimeSpan.Zero)
        {
            return GatewayError.TooManyRequests("Too many wrong passwords. Wait and try again.", wait);
        }

        if (!await passwords.VerifyAsync(user.PasswordHash, request.CurrentPassword, cancellationToken))
        {
            await throttle.FailedAsync(user.Username, address);
            return GatewayError.Invalid("current_password", "This is not the present password.");
        }

        user.PasswordHash = await passwords.HashAsync(request.NewPassword, cancellationToken);
        user.SecurityVersion++;
        user.UpdatedAtUtc = clock.GetUtcNow().UtcDateTime;
        await db.SaveChangesAsync(cancellationToken);
        var token = issuer.Issue(user);
        return new ChangePasswordResponse(token.Token, token.ExpiresAtUtc);
    }
}
