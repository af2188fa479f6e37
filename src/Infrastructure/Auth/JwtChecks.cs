using System.Globalization;
using Gateway.Infrastructure.Persistence;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Infrastructure.Auth;

/// <summary>What a signature cannot tell: that the user still exists, may still log in, and that the token was not ended.</summary>
/// <remarks>Read from the database at each management request: one look-up by primary key, and effective at once on every instance.</remarks>
internal static class JwtChecks
{
    public static async Task OnTokenValidatedAsync(TokenValidatedContext context)
    {
        var principal = context.Principal!;
        var db = context.HttpContext.RequestServices.GetRequiredService<GatewayDbContext>();
        var id = JwtIssuer.Number(principal, JwtClaims.UserId);
        var version = JwtIssuer.Number(principal, JwtClaims.SecurityVersion);
        var jti = principal.FindFirst(JwtClaims.Id)?.Value ?? "";
        var found = await db.Users.AsNoTracking()
            .Where(user => user.Id == id && user.DeletedAtUtc == null && user.Enabled)
            .Select(user => new { user.SecurityVersion, user.Role, Revoked = db.RevokedTokens.Any(token => token.Jti == jti) })
            .FirstOrDefaultAsync(context.HttpContext.RequestAborted);
        if (found is null || found.Revoked || found.SecurityVersion != version || found.Role.Name() != principal.FindFirst(JwtClaims.Role)?.Value)
        {
            context.Fail("The token was ended.");
        }
    }

    public static async Task OnChallengeAsync(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        context.Response.Headers.WWWAuthenticate = JwtBearerDefaults.AuthenticationScheme;
        await ErrorReply.WriteAsync(
            context.HttpContext,
            GatewayError.Unauthorized(context.AuthenticateFailure is null
                ? "Log in first: POST /api/auth/login, then send 'Authorization: Bearer <token>'."
                : "The log-in token is not valid any more. Log in again."));
    }

    public static async Task OnForbiddenAsync(ForbiddenContext context) =>
        await ErrorReply.WriteAsync(context.HttpContext, GatewayError.Forbidden("You may not do this."));

    /// <summary>When the presented token would end by itself.</summary>
    public static DateTime ExpiresAtUtc(HttpContext http) => DateTimeOffset.FromUnixTimeSeconds(
        long.Parse(http.User.FindFirst(JwtClaims.Expires)!.Value, CultureInfo.InvariantCulture)).UtcDateTime;
}
