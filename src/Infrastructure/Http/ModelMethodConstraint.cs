using System.Globalization;

namespace Gateway.Infrastructure.Http;

/// <summary>Google's addresses end in a colon and what is asked of the model; a name with raw slashes leaves only the end to go by.</summary>
internal sealed class ModelMethodConstraint(string method) : IRouteConstraint
{
    public const string Name = "modelMethod";

    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        Convert.ToString(values[routeKey], CultureInfo.InvariantCulture) is { } value && value.EndsWith($":{method}", StringComparison.Ordinal);
}
