using Gateway.Infrastructure.Redis;

namespace Gateway.Infrastructure.Hosting;

/// <summary>Gives each request an id of our own: in the reply, in every log line, in the request log and in the usage record.</summary>
internal static class RequestIds
{
    public const string Header = "x-request-id";

    private static readonly object ItemKey = new();

    /// <remarks>Ids begin with a time, by which usage is found: it must be the one that the other instances have.</remarks>
    public static void UseRequestIds(this WebApplication app)
    {
        var clock = app.Services.GetRequiredService<RedisClock>();
        app.Use((http, next) =>
        {
            var id = Guid.CreateVersion7(clock.UtcNow);
            var text = id.ToString();
            http.Items[ItemKey] = id;
            http.TraceIdentifier = text;
            http.Response.Headers[Header] = text;
            return next(http);
        });
    }

    public static Guid RequestId(this HttpContext http) => (Guid)http.Items[ItemKey]!;
}
