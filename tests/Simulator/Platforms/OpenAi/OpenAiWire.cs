using System.Text;
using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.OpenAi;

/// <summary>Documents are indented and end in a new line, events are compact: so OpenAI sends them.</summary>
internal class OpenAiWire(Exchange exchange) : IPlatformWire
{
    /// <summary>Whether answers tell what a content filter thinks of them.</summary>
    public virtual bool FiltersContent => false;

    public virtual IReadOnlyList<KeyValuePair<string, string>> Headers { get; } =
    [
        new("x-request-id", exchange.Id("req_", 32)),
        new("openai-organization", "simulated-org"),
        new("openai-processing-ms", "12"),
        new("openai-version", "2020-10-01"),
        new("x-ratelimit-limit-requests", "10000"),
        new("x-ratelimit-limit-tokens", "2000000"),
        new("x-ratelimit-remaining-requests", "9999"),
        new("x-ratelimit-remaining-tokens", "1999000"),
        new("x-ratelimit-reset-requests", "6ms"),
        new("x-ratelimit-reset-tokens", "30ms"),
        new("set-cookie", "__cf_bm=simulated; path=/; HttpOnly; Secure"),
    ];

    public static ServerEvent Event(JsonNode json) => new(null, WireJson.Compact(json));

    public ReadOnlyMemory<byte> Body(JsonNode json) => Encoding.UTF8.GetBytes(WireJson.Indented(json) + "\n");

    public ServerEvent ErrorEvent(ScriptedError error) => Event(Error(error));

    public virtual JsonObject Error(ScriptedError error)
    {
        var (type, code, message) = Usual(error.Status);
        return new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["message"] = error.Message ?? message,
                ["type"] = error.Type ?? type,
                ["param"] = error.Param,
                ["code"] = error.Type is null && error.Message is null ? error.Code ?? code : error.Code,
            },
        };
    }

    private static (string Type, string? Code, string Message) Usual(int status) => status switch
    {
        401 => ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
        403 => ("invalid_request_error", "unsupported_country_region_territory", "Country, region, or territory not supported."),
        404 => ("invalid_request_error", "model_not_found", "The model does not exist or you do not have access to it."),
        429 => ("requests", "rate_limit_exceeded", "Rate limit reached for requests."),
        503 => ("server_error", "server_is_overloaded", "The server is overloaded or not ready yet."),
        >= 500 => ("server_error", null, "The server had an error while processing your request."),
        _ => ("invalid_request_error", null, "The request was not valid."),
    };
}
