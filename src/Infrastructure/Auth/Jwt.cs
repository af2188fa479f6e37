using System.Globalization;
using Gateway.Infrastructure.Hosting;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Secrets;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Infrastructure.Auth;

/// <summary>Names in our tokens. Fixed by the contract.</summary>
internal static class JwtClaims
{
    public const string UserId = "user_id";
    public const string Username = "username";
    public const string Role = "role";
    public const string SecurityVersion = "sv";
    public const string Id = "jti";
    public const string Expires = "exp";
}

/// <summary>A log-in token and when it ends.</summary>
internal sealed record IssuedToken(string Token, DateTime ExpiresAtUtc);

/// <summary>Makes log-in tokens with the newest key of the ring.</summary>
internal sealed class JwtIssuer(SecretRing ring, GatewayOptions options, TimeProvider clock)
{
    public const string Issuer = "gateway";
    public const string Audience = "gateway-management";

    public IssuedToken Issue(User user)
    {
        var key = ring.Current(SecretPurpose.Jwt);
        var now = clock.GetUtcNow().UtcDateTime;
        var expires = now.AddMinutes(options.JwtLifetimeMinutes);
        var token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            IssuedAt = now,
            Expires = expires,
            Claims = new Dictionary<string, object>
            {
                [JwtClaims.UserId] = user.Id,
                [JwtClaims.Username] = user.Username,
                [JwtClaims.Role] = user.Role.Name(),
                [JwtClaims.SecurityVersion] = user.SecurityVersion,
                [JwtClaims.Id] = Guid.NewGuid().ToString("N"),
            },
            SigningCredentials = new SigningCredentials(
                new SymmetricSecurityKey(key.Material) { KeyId = key.Id }, SecurityAlgorithms.HmacSha256),
        });
        return new IssuedToken(token, new DateTime(expires.Ticks - (expires.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc));
    }

    /// <summary>A number claim, whatever numeric type the reader gave it.</summary>
    public static long? Number(System.Security.Claims.ClaimsPrincipal principal, string claim) =>
        long.TryParse(principal.FindFirst(claim)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
