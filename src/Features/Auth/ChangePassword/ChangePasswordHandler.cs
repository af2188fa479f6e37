using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Auth.ChangePassword;

internal sealed class ChangePasswordHandler(
    GatewayDbContext db, ICurrentUser current, Passwords passwords, JwtIssuer issuer, LoginThrottle throttle, IHttpContextAccessor accessor, TimeProvider clock)
    : IRequestHandler<ChangePasswordRequest, Result<ChangePasswordResponse>>
{
    public async Task<Result<ChangePasswordResponse>> Handle(ChangePasswordRequest request, CancellationToken cancellationToken)
    {
        var user = await db.Users.AsNoTracking().SingleAsync(row => row.Id == current.Id, cancellationToken);
        var attempt = await throttle.BeginAsync(user.Username, accessor.HttpContext?.Connection.RemoteIpAddress);
        if (attempt.Wait > TimeSpan.Zero)
        {
            return GatewayError.TooManyRequests("Too many wrong passwords. Wait and try again.", attempt.Wait);
        }

        var matches = await passwords.VerifyAsync(user.PasswordHash, request.CurrentPassword, cancellationToken);
        if (matches.Error is { } busy)
        {
            await throttle.NotCheckedAsync(attempt);
            return busy;
        }

        if (!matches.Value)
        {
            return GatewayError.Invalid("current_password", "This is not the present password.");
        }

        await throttle.SucceededAsync(attempt);
        if (!await ReplaceAsync(user, await passwords.HashAsync(request.NewPassword, cancellationToken), cancellationToken))
        {
            return GatewayError.Conflict("Your account was changed meanwhile. Log in again.", "stale");
        }

        var token = issuer.Issue(user);
        return new ChangePasswordResponse(token.Token, token.ExpiresAtUtc);
    }

    /// <summary>Hashing takes long: whoever gave the user another password, or took rights away, in that time was asked last and wins.</summary>
    private async Task<bool> ReplaceAsync(User user, string passwordHash, CancellationToken cancellationToken)
    {
        var seen = user.SecurityVersion++;
        var now = clock.UtcNowMicroseconds();
        return await db.Users.Where(row => row.Id == user.Id && row.SecurityVersion == seen && row.DeletedAtUtc == null).ExecuteUpdateAsync(
            set => set
                .SetProperty(row => row.PasswordHash, passwordHash)
                .SetProperty(row => row.SecurityVersion, user.SecurityVersion)
                .SetProperty(row => row.UpdatedAtUtc, now),
            cancellationToken) == 1;
    }
}
