using System.Globalization;

namespace Gateway.Infrastructure.Http;

/// <summary>Where a name with raw slashes is followed by more of the address, only the end is left to go by.</summary>
/// <param name="end">For instance <c>:generateContent</c>.</param>
internal sealed class PathEndConstraint(string end) : IRouteConstraint
{
    public const string Name = "pathEnd";

    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        Convert.ToString(values[routeKey], CultureInfo.InvariantCulture) is { } value && value.Length > end.Length && value.EndsWith(end, StringComparison.Ordinal);
}
