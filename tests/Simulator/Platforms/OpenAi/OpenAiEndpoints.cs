using System.Text.Json;
using Simulator.Http;

namespace Simulator.Platforms.OpenAi;

/// <summary>The operations behind OpenAI's addresses, and behind Azure's.</summary>
internal static class OpenAiEndpoints
{
    private const string ChatCompletions = "chat/completions";
    private const string Responses = "responses";
    private const string Embeddings = "embeddings";
    private const string Models = "models";

    /// <param name="operation">The path behind the version.</param>
    /// <returns>Null: there is no such operation.</returns>
    public static WireAnswer? Answer(Exchange exchange, OpenAiWire wire, string operation) => (exchange.Request.Method, operation) switch
    {
        ("POST", ChatCompletions) => WithBody(exchange, wire, ChatEndpoint.Answer),
        ("POST", Responses) => WithBody(exchange, wire, ResponseEndpoint.Answer),
        ("POST", Responses + "/input_tokens") => WithBody(exchange, wire, InputTokenEndpoint.Answer),
        ("POST", Responses + "/compact") => WithBody(exchange, wire, ResponseEndpoint.Compact),
        (_, var path) when path.StartsWith(Responses + "/", StringComparison.Ordinal) => StoredResponse.Answer(exchange, wire, path[(Responses.Length + 1)..]),
        ("POST", Embeddings) => WithBody(exchange, wire, EmbeddingEndpoint.Answer),
        ("GET", Models) => ModelEndpoint.List(exchange, wire),
        ("GET", var path) when path.StartsWith(Models + "/", StringComparison.Ordinal) => ModelEndpoint.Get(exchange, wire, path[(Models.Length + 1)..]),
        (var method, ChatCompletions or Responses or Embeddings or Models) => Reply.Refuse(wire, exchange, NotAllowed(method, exchange.Request.Path)),
        _ => null,
    };

    private static WireAnswer WithBody(Exchange exchange, OpenAiWire wire, Func<Exchange, OpenAiWire, JsonElement, WireAnswer> answer)
    {
        if (!RequestJson.IsJsonContent(exchange.Request))
        {
            return Reply.Refuse(wire, exchange, OpenAiErrors.Invalid(
                $"Invalid Content-Type header ({exchange.Request.Header("content-type")}), expected application/json."));
        }

        if (RequestJson.TryParse(exchange.Request, out var problem) is not { } body)
        {
            return Reply.Refuse(wire, exchange, OpenAiErrors.Invalid($"We could not parse the JSON body of your request. {problem}"));
        }

        return body.ValueKind == JsonValueKind.Object
            ? answer(exchange, wire, body)
            : Reply.Refuse(wire, exchange, OpenAiErrors.Invalid("The JSON body of your request must be an object."));
    }

    private static ScriptedError NotAllowed(string method, string path) =>
        new(405) { Type = "invalid_request_error", Message = $"Not allowed to {method} on {path}.", Code = "method_not_supported" };
}
