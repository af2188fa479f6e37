namespace Gateway.Infrastructure.Auth;

/// <summary>The person whose token was accepted for this request, or the gateway itself in the scope of a scheduled task.</summary>
internal sealed class CurrentUser(IHttpContextAccessor accessor) : ICurrentUser
{
    private System.Security.Claims.ClaimsPrincipal? Principal => accessor.HttpContext?.User;

    private bool _isGateway;

    public bool IsLoggedIn => _isGateway || Principal?.Identity?.IsAuthenticated == true;

    public long Id => Principal is { } principal && JwtIssuer.Number(principal, JwtClaims.UserId) is { } id
        ? id
        : throw new InvalidOperationException("Nobody is logged in.");

    public Role Role => _isGateway ? Role.Admin : RoleNames.TryParse(Principal?.FindFirst(JwtClaims.Role)?.Value, out var role) ? role : Role.User;

    /// <summary>Lets this scope act as the gateway itself. Only for scopes that no request has made.</summary>
    public void ActAsGateway() => _isGateway = accessor.HttpContext is null
        ? true
        : throw new InvalidOperationException("A request never acts as the gateway itself.");
}
