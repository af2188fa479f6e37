using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace Gateway.Infrastructure.Errors;

/// <summary>Writes a result in the envelope, and tells the OpenAPI document its shape.</summary>
internal sealed class Reply<T>(Result<T> result) : IResult, IEndpointMetadataProvider
    where T : notnull
{
    public static implicit operator Reply<T>(Result<T> result) => new(result);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(Envelope<T>), ["application/json"]));
        foreach (var status in (int[])[400, 401, 403, 404, 409, 429, 503])
        {
            builder.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(ErrorEnvelope), ["application/json"]));
        }
    }

    public Task ExecuteAsync(HttpContext httpContext) => result.Error is { } error
        ? ErrorReply.WriteAsync(httpContext, error)
        : httpContext.Response.WriteAsJsonAsync(new Envelope<T>(0, "success", result.Value));
}

/// <summary>Writes a failure in the envelope.</summary>
internal static class ErrorReply
{
    public static Task WriteAsync(HttpContext http, GatewayError error)
    {
        http.Response.StatusCode = error.Status;
        if (error.RetryAfter is { } retryAfter)
        {
            http.Response.Headers.RetryAfter = Seconds(retryAfter);
        }

        return http.Response.WriteAsJsonAsync(new ErrorEnvelope(error.Status, error.Message, error.Id, error.Fields));
    }

    /// <summary>Whole seconds, rounded up and at least 1: a client that waits as told never comes too early.</summary>
    public static string Seconds(TimeSpan wait) =>
        Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
