namespace Gateway.Infrastructure.Errors;

internal static class ErrorsRegistration
{
    public static IServiceCollection AddGatewayErrors(this IServiceCollection services)
    {
        services.AddExceptionHandler<GatewayExceptionHandler>();
        return services;
    }

    /// <summary>The one exception handler, and a body for replies that the framework leaves empty (404, 405, 415).</summary>
    public static void UseGatewayErrors(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            // The handler above logs what is worth logging, once.
            SuppressDiagnosticsCallback = _ => true,
            ExceptionHandler = _ => Task.CompletedTask,
        });
        app.Use(async (http, next) =>
        {
            await next(http);
            if (http.Response.StatusCode >= 400 && !http.Response.HasStarted && http.Response.ContentLength is null && http.Response.ContentType is null)
            {
                await http.WriteErrorAsync(FromStatus(http));
            }
        });
    }

    /// <summary>Writes an error in the shape of the surface that was called.</summary>
    public static Task WriteErrorAsync(this HttpContext http, GatewayError error)
    {
        var surface = Surfaces.Of(http.Request.Path);
        return surface == Surface.Management
            ? ErrorReply.WriteAsync(http, error)
            : http.RequestServices.GetRequiredService<IClientErrorWriter>().WriteAsync(http, surface, error);
    }

    private static GatewayError FromStatus(HttpContext http) => http.Response.StatusCode switch
    {
        StatusCodes.Status401Unauthorized => GatewayError.Unauthorized("Log in first: POST /api/auth/login."),
        StatusCodes.Status403Forbidden => GatewayError.Forbidden("You may not do this."),
        StatusCodes.Status404NotFound => GatewayError.NotFound(
            $"There is nothing at {http.Request.Method} {http.Request.Path}. The API is described at /docs."),
        StatusCodes.Status405MethodNotAllowed => new(
            StatusCodes.Status405MethodNotAllowed, "method_not_allowed", $"{http.Request.Method} is not possible here. Allowed: {http.Response.Headers.Allow}."),
        StatusCodes.Status413PayloadTooLarge => new(StatusCodes.Status413PayloadTooLarge, "payload_too_large", "The request body is too large."),
        StatusCodes.Status415UnsupportedMediaType => new(
            StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "Send JSON with 'Content-Type: application/json'."),
        var status => new(status, "error", "The request was refused."),
    };
}
