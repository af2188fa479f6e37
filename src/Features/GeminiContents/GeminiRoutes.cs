using Gateway.Infrastructure.Http;
using Gateway.Infrastructure.OpenApi;

namespace Gateway.Features.GeminiContents;

/// <summary>Google's addresses: the model, a colon, and what is asked of it. Its newest library calls them under <c>/v1</c>, older ones under <c>/v1beta</c>.</summary>
internal static class GeminiRoutes
{
    private static readonly string[] Collections = ["/v1beta/models", "/v1/models"];

    /// <param name="method">For instance <c>generateContent</c>.</param>
    /// <param name="name">Of the route, in the API's document.</param>
    public static void MapModelMethod(this IEndpointRouteBuilder app, string method, string name, Delegate handle)
    {
        foreach (var collection in Collections)
        {
            var isNewest = collection.StartsWith("/v1/", StringComparison.Ordinal);
            app.MapPost($"{collection}/{{model}}:{method}", handle).WithName(isNewest ? $"{name}V1" : name).AsProxyRoute();

            // A name with a raw slash is several segments.
            var raw = app.MapPost($"{collection}/{{**model:{ModelMethodConstraint.Name}({method})}}", handle);
            raw.ExcludeFromDescription();
            raw.AsProxyRoute();
        }
    }

    /// <summary>The model in the address of a call.</summary>
    /// <param name="model">The route's value: with the method behind it when the name has a raw slash.</param>
    public static string ModelOf(string model, string method) =>
        ModelInPath.Decode(model.EndsWith($":{method}", StringComparison.Ordinal) ? model[..^(method.Length + 1)] : model);
}
