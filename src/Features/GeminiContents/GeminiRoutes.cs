using Gateway.Infrastructure.Http;
using Gateway.Infrastructure.OpenApi;

namespace Gateway.Features.GeminiContents;

/// <summary>Google's addresses: the model, a colon, and what is asked of it. Its newest library calls them under <c>/v1</c>, older ones under <c>/v1beta</c>.</summary>
internal static class GeminiRoutes
{
    private static readonly string[] Versions = ["/v1beta", "/v1"];

    /// <param name="method">For instance <c>generateContent</c>.</param>
    /// <param name="name">Of the route, in the API's document.</param>
    public static void MapModelMethod(this IEndpointRouteBuilder app, string method, string name, Delegate handle)
    {
        foreach (var version in Versions)
        {
            app.MapPost($"{version}/models/{{model}}:{method}", handle).WithName(version == "/v1" ? $"{name}V1" : name).AsProxyRoute();

            // A name with a raw slash is several segments.
            var anyName = $"{{**model:{PathEndConstraint.Name}(:{method})}}";
            app.MapPost($"{version}/models/{anyName}", handle).ExcludeFromDescription().AsProxyRoute();
            app.MapPost($"{version}/{ModelInPath.TunedModels}{anyName}", handle).WithMetadata(TunedModels.Instance).ExcludeFromDescription().AsProxyRoute();
        }
    }

    /// <summary>The model in the address of a call. Tuned models have their collection in their names, as Google has it.</summary>
    /// <param name="model">The route's value.</param>
    public static string ModelOf(HttpContext http, string model, string method)
    {
        var name = ModelInPath.Decode(model, $":{method}");
        return http.GetEndpoint()?.Metadata.GetMetadata<TunedModels>() is null ? name : ModelInPath.TunedModels + name;
    }

    /// <summary>Marks the routes of their collection.</summary>
    private sealed class TunedModels
    {
        public static readonly TunedModels Instance = new();
    }
}
