namespace Gateway.Infrastructure.Errors;

/// <summary>Which surface a path belongs to. It decides only how an error is written, never who may do what.</summary>
internal enum Surface
{
    Management,
    OpenAi,
    Claude,
    Gemini,
}

internal static class Surfaces
{
    public static Surface Of(PathString path) =>
        path.StartsWithSegments("/v1beta") ? Surface.Gemini
        : path.StartsWithSegments("/v1/messages") ? Surface.Claude
        : path.StartsWithSegments("/v1") || path.StartsWithSegments("/openai") ? Surface.OpenAi
        : Surface.Management;
}

/// <summary>Writes an error as the clients of a surface expect it. The proxy part provides the shapes of the wire formats.</summary>
internal interface IClientErrorWriter
{
    Task WriteAsync(HttpContext http, Surface surface, GatewayError error);
}
