using System.Collections.Concurrent;
using System.Reflection;

namespace Gateway.Infrastructure.Auth;

/// <summary>The role that a route's message requires, so that somebody without it is told so before the body is looked at.</summary>
/// <remarks><see cref="AuthorizationBehavior{TRequest,TResponse}"/> enforces it for the message itself, wherever it comes from.</remarks>
internal static class RouteRoles
{
    private static readonly ConcurrentDictionary<Endpoint, Role?> Known = new();

    /// <returns>Null: the route requires none.</returns>
    public static Role? LeastRole(Endpoint endpoint) => Known.GetOrAdd(endpoint, static route =>
    {
        var message = route.Metadata.GetMetadata<MethodInfo>()?.GetParameters()
            .Select(parameter => parameter.ParameterType)
            .FirstOrDefault(type => typeof(IRequireRole).IsAssignableFrom(type));
        return message is null ? null : (Role)typeof(RouteRoles).GetMethod(nameof(Of), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(message).Invoke(null, null)!;
    });

    private static Role Of<TRequest>()
        where TRequest : IRequireRole => TRequest.LeastRole;
}
