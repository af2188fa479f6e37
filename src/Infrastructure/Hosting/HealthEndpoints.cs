using System.Text.Json.Serialization;
using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Redis;

namespace Gateway.Infrastructure.Hosting;

internal static class HealthEndpoints
{
    /// <summary><c>/healthz</c>: the process is up. <c>/readyz</c>: it should get traffic. Neither tells a stranger anything more.</summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/healthz", () => Results.Json(new HealthStatus("ok"))).AllowAnonymous().WithMetadata(AlwaysAnswers.Metadata).WithTags("Health")
            .Produces<HealthStatus>();
        app.MapGet("/readyz", Ready).AllowAnonymous().WithMetadata(AlwaysAnswers.Metadata).WithTags("Health")
            .Produces<HealthStatus>().Produces<HealthStatus>(StatusCodes.Status503ServiceUnavailable);

        // Clients look whether somebody is there (Claude Code does at its start).
        app.MapMethods("/", [HttpMethods.Head], () => Results.Ok()).AllowAnonymous().WithMetadata(AlwaysAnswers.Metadata).ExcludeFromDescription();
    }

    private static IResult Ready(Readiness readiness, RedisConnection redis, CacheRefresher caches)
    {
        if (readiness.IsStopping)
        {
            return Results.Json(new HealthStatus("stopping"), statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        if (!readiness.IsStarted || readiness.SpoolFailed)
        {
            return Results.Json(new HealthStatus(readiness.IsStarted ? "spool_not_writable" : "starting"), statusCode: StatusCodes.Status503ServiceUnavailable);
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

        return Results.Json(degraded.Count == 0 ? new HealthStatus("ok") : new HealthStatus("degraded", degraded));
    }
}

/// <param name="Status"><c>ok</c>; <c>degraded</c>: traffic is served, with the parts named in <paramref name="Degraded"/> out of order; with 503 <c>starting</c>, <c>stopping</c> or <c>spool_not_writable</c>.</param>
/// <param name="Degraded"><c>redis</c>, <c>database</c>; absent otherwise.</param>
internal sealed record HealthStatus(
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Degraded = null);
