using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms;

/// <summary>Puts a script, or the platform's own word, into an answer.</summary>
internal static class Reply
{
    public static WireAnswer Json(IPlatformWire wire, JsonNode json, int status = 200)
    {
        var body = wire.Body(json);
        return new WireAnswer(status, Headers(wire, "application/json"), [body]) { BodyBytes = body.Length };
    }

    public static WireAnswer Error(IPlatformWire wire, ScriptedError error) => Json(wire, wire.Error(error), error.Status);

    /// <summary>The platform turns the request away; nothing is taken from the script.</summary>
    public static WireAnswer Refuse(IPlatformWire wire, Exchange exchange, ScriptedError error)
    {
        exchange.Request.Refuse(error);
        return Error(wire, error);
    }

    /// <param name="whole">The answer as one document.</param>
    /// <param name="events">The answer as a stream; null when the client asked for none.</param>
    public static WireAnswer Script(
        IPlatformWire wire, ScriptedAnswer script, Func<JsonNode> whole, Func<IEnumerable<ServerEvent>>? events = null)
    {
        var answer = script switch
        {
            { Raw: { } raw } => Raw(wire, raw),
            { Failure: { } error, FailureAfterEvent: null } => Error(wire, error),
            { Failure: { } error } when events is null => Json(wire, wire.Error(error)),
            { Failure: { } error, FailureAfterEvent: { } count } =>
                Stream(wire, events().Take(count).Append(wire.ErrorEvent(error)), script),
            _ when events is not null => Stream(wire, events(), script),
            _ => Json(wire, whole()),
        };
        return answer with { Headers = Override(answer.Headers, script.Headers), Delivery = script.Delivery };
    }

    private static WireAnswer Stream(IPlatformWire wire, IEnumerable<ServerEvent> events, ScriptedAnswer script) => new(
        200,
        [.. Headers(wire, wire.StreamType), new("cache-control", "no-cache")],
        events.Select((next, index) => wire.Frame(next, script.Crlf, index + 1 == script.DamagedEvent)));

    private static WireAnswer Raw(IPlatformWire wire, RawAnswer raw) =>
        new(raw.Status, Headers(wire, raw.ContentType), raw.Events()) { BodyBytes = raw.IsEventStream ? null : raw.BodyBytes };

    private static IEnumerable<KeyValuePair<string, string>> Headers(IPlatformWire wire, string contentType) =>
        [new("content-type", contentType), .. wire.Headers];

    private static IEnumerable<KeyValuePair<string, string>> Override(
        IEnumerable<KeyValuePair<string, string>> headers, ImmutableDictionary<string, string?> changes) =>
        headers
            .Where(header => !changes.Keys.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
            .Concat(changes.Where(change => change.Value is not null).Select(change => KeyValuePair.Create(change.Key, change.Value!)));
}
