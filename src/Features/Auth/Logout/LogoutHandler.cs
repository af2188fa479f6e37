using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Auth.Logout;

internal sealed class LogoutHandler(GatewayDbContext db, IHttpContextAccessor accessor, TimeProvider clock) : IRequestHandler<LogoutRequest, Result<Nothing>>
{
    public async Task<Result<Nothing>> Handle(LogoutRequest request, CancellationToken cancellationToken)
    {
        var http = accessor.HttpContext!;
        var now = clock.GetUtcNow().UtcDateTime;
        await db.RevokedTokens.Where(token => token.ExpiresAtUtc < now).ExecuteDeleteAsync(cancellationToken);
        db.RevokedTokens.Add(new RevokedToken
        {
            Jti = http.User.FindFirst(JwtClaims.Id)!.Value,

            // A minute more than the token's own end covers the clock skew that is granted.
            ExpiresAtUtc = JwtChecks.ExpiresAtUtc(http).AddMinutes(1),
        });
        await db.SaveChangesAsync(cancellationToken);
        return Nothing.Value;
    }
}
