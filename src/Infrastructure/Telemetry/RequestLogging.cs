using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Hosting;
using Microsoft.AspNetCore.Diagnostics;

namespace Gateway.Infrastructure.Telemetry;

/// <summary>One line for each request when it has ended: what was called, by whom, how it went and how long it took. The formatter adds the request's id.</summary>
/// <remarks>
/// The route's template instead of the path, and no query: neither can carry a key. Management calls are few and change things, so they are always there;
/// proxied requests have their rows in the request log and are lines only at level debug of the category proxy, health checks of the category main.
/// </remarks>
internal static partial class RequestLogging
{
    public static void UseRequestLogging(this WebApplication app)
    {
        var loggers = app.Services.GetRequiredService<ILoggerFactory>();
        var management = loggers.CreateLogger("Gateway.Http");
        var proxy = loggers.CreateLogger("Gateway.Proxy.Http");
        var clock = app.Services.GetRequiredService<TimeProvider>();
        app.Use(async (http, next) =>
        {
            var started = clock.GetTimestamp();
            try
            {
                await next(http);
            }
            finally
            {
                // The exception handler takes the endpoint away, and keeps it for those who ask.
                var endpoint = http.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? http.GetEndpoint();
                var isManagement = Surfaces.Of(http.Request.Path) == Surface.Management;
                var level = isManagement && endpoint?.Metadata.GetMetadata<AlwaysAnswers>() is null ? LogLevel.Information : LogLevel.Debug;
                var logger = isManagement ? management : proxy;
                if (logger.IsEnabled(level))
                {
                    var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
                    var elapsedMs = clock.GetElapsedTime(started).TotalMilliseconds;
                    var user = http.User.FindFirst(JwtClaims.Username)?.Value ?? "-";
                    Log.Ended(logger, level, http.Request.Method, route, http.Response.StatusCode, elapsedMs, user);
                }
            }
        });
    }

    private static partial class Log
    {
        [LoggerMessage("{Method} {Route} {Status} in {ElapsedMs:0} ms, user {User}")]
        public static partial void Ended(ILogger logger, LogLevel level, string method, string route, int status, double elapsedMs, string user);
    }
}
