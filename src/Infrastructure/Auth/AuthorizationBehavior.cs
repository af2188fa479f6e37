using MediatR;

namespace Gateway.Infrastructure.Auth;

/// <summary>Refuses a message whose sender lacks the role that the message requires, or that a member of it requires.</summary>
/// <remarks>The container skips it for messages without <see cref="IRequireRole"/>: an architecture test demands that interface of every management message.</remarks>
internal sealed class AuthorizationBehavior<TRequest, TResponse>(ICurrentUser user) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>, IRequireRole
    where TResponse : IFailable<TResponse>
{
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        if (!user.IsLoggedIn)
        {
            return Task.FromResult(TResponse.Fail(GatewayError.Unauthorized("Log in first: POST /api/auth/login.")));
        }

        if (user.Role < TRequest.LeastRole)
        {
            return Task.FromResult(TResponse.Fail(AuthorizationErrors.NotAdmin));
        }

        var refused = request is IHaveAdminFields limited && !user.IsAdmin
            ? limited.SentAdminFields.ToDictionary(field => field, _ => (string[])["Only an administrator may write this."])
            : [];
        return refused.Count == 0
            ? next()
            : Task.FromResult(TResponse.Fail(GatewayError.Forbidden("Only an administrator may write some of these fields: see 'errors'.", refused)));
    }
}

internal static class AuthorizationErrors
{
    public static readonly GatewayError NotAdmin = GatewayError.Forbidden("Only an administrator may do this.");
}
