using Serilog.Core;
using Serilog.Events;

namespace Gateway.Infrastructure.Telemetry;

/// <summary>Gives what is logged within a request that request's id. The server's own scope has another one, from before ours was made.</summary>
internal sealed class RequestIdEnricher : ILogEventEnricher
{
    public const string Property = "HttpRequestId";

    private readonly HttpContextAccessor _accessor = new();

    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        if (_accessor.HttpContext is { } http)
        {
            logEvent.AddPropertyIfAbsent(new LogEventProperty(Property, new ScalarValue(http.TraceIdentifier)));
        }
    }
}
