using System.Text;
using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.Gemini;

/// <summary>Documents are indented and events compact, without names and without an end mark: so Google sends them.</summary>
internal sealed class GeminiWire : IPlatformWire
{
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; } =
    [
        new("x-frame-options", "SAMEORIGIN"),
        new("x-content-type-options", "nosniff"),
        new("server", "scaffolding on HTTPServer2"),
        new("server-timing", "gfet4t7; dur=12"),
        new("vary", "Origin, X-Origin, Referer"),
    ];

    public static ServerEvent Event(JsonNode json) => new(null, WireJson.Compact(json));

    public ReadOnlyMemory<byte> Body(JsonNode json) => Encoding.UTF8.GetBytes(WireJson.Indented(json) + "\n");

    public ServerEvent ErrorEvent(ScriptedError error) => Event(Error(error));

    public JsonObject Error(ScriptedError error)
    {
        var (status, message) = Usual(error.Status);
        var body = new JsonObject
        {
            ["code"] = error.Status,
            ["message"] = error.Message ?? message,
            ["status"] = error.Type ?? status,
        };
        if (Detail(error) is { } detail)
        {
            body["details"] = new JsonArray(detail);
        }

        return new JsonObject { ["error"] = body };
    }

    private static JsonObject? Detail(ScriptedError error) => error switch
    {
        { Code: { } quota } when quota.Contains("Per", StringComparison.Ordinal) => new JsonObject
        {
            ["@type"] = "type.googleapis.com/google.rpc.QuotaFailure",
            ["violations"] = new JsonArray(new JsonObject { ["quotaId"] = quota }),
        },
        { Code: { } reason } => new JsonObject
        {
            ["@type"] = "type.googleapis.com/google.rpc.ErrorInfo",
            ["reason"] = reason,
            ["domain"] = "googleapis.com",
        },
        { Param: { } field } => new JsonObject
        {
            ["@type"] = "type.googleapis.com/google.rpc.BadRequest",
            ["fieldViolations"] = new JsonArray(new JsonObject { ["field"] = field, ["description"] = error.Message }),
        },
        _ => null,
    };

    private static (string Status, string Message) Usual(int status) => status switch
    {
        400 => ("INVALID_ARGUMENT", "Request contains an invalid argument."),
        401 => ("UNAUTHENTICATED", "Request had invalid authentication credentials."),
        402 => ("RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."),
        403 => ("PERMISSION_DENIED", "The caller does not have permission."),
        404 => ("NOT_FOUND", "Requested entity was not found."),
        429 => ("RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details."),
        499 => ("CANCELLED", "The operation was cancelled."),
        503 => ("UNAVAILABLE", "The model is overloaded. Please try again later."),
        504 => ("DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
        >= 500 => ("INTERNAL", "An internal error has occurred."),
        _ => ("INVALID_ARGUMENT", "The request was not valid."),
    };
}
