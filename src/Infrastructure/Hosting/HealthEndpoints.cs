using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Redis;

namespace Gateway.Infrastructure.Hosting;

internal static class HealthEndpoints
{
    /// <summary><c>/healthz</c>: the process is up. <c>/readyz</c>: it should get traffic. Neither tells a stranger anything more.</summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/healthz", () => Results.Json(new { status = "ok" })).AllowAnonymous().WithMetadata(AlwaysAnswers.Metadata).WithTags("Health");
        app.MapGet("/readyz", Ready).AllowAnonymous().WithMetadata(AlwaysAnswers.Metadata).WithTags("Health");

        // Clients look whether somebody is there (Claude Code does at its start).
        app.MapMethods("/", [HttpMethods.Head], () => Results.Ok()).AllowAnonymous().WithMetadata(AlwaysAnswers.Metadata).ExcludeFromDescription();
    }

    private static IResult Ready(Readiness readiness, RedisConnection redis, CacheRefresher caches)
    {
        if (readiness.IsStopping)
        {
            return Results.Json(new { status = "stopping" }, statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        if (!readiness.IsStarted || readiness.SpoolFailed)
        {
            return Results.Json(new { status = readiness.IsStarted ? "spool_not_writable" : "starting" }, statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        var degraded = new List<string>();
        if (!redis.IsConnected)
        {
            degraded.Add("redis");
        }

        if (caches.IsFailing)
        {
            degraded.Add("database");
        }

        return degraded.Count == 0 ? Results.Json(new { status = "ok" }) : Results.Json(new { status = "degraded", degraded });
    }
}
