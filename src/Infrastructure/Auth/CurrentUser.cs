namespace Gateway.Infrastructure.Auth;

/// <summary>The person whose token was accepted for this request.</summary>
internal sealed class CurrentUser(IHttpContextAccessor accessor) : ICurrentUser
{
    private System.Security.Claims.ClaimsPrincipal? Principal => accessor.HttpContext?.User;

    public bool IsLoggedIn => Principal?.Identity?.IsAuthenticated == true;

    public long Id => Principal is { } principal && JwtIssuer.Number(principal, JwtClaims.UserId) is { } id
        ? id
        : throw new InvalidOperationException("Nobody is logged in.");

    public Role Role => RoleNames.TryParse(Principal?.FindFirst(JwtClaims.Role)?.Value, out var role) ? role : Role.User;
}
