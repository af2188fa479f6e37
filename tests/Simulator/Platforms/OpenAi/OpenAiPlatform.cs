using System.Text.Json;
using Simulator.Http;

namespace Simulator.Platforms.OpenAi;

/// <summary>OpenAI: chat completions, responses, embeddings, models.</summary>
/// <remarks>Source: OpenAI API reference, and errors that users quote in public issues, read 2026-11.</remarks>
internal sealed class OpenAiPlatform : ISimulatedPlatform
{
    private const string ChatCompletions = "/v1/chat/completions";
    private const string Responses = "/v1/responses";
    private const string InputTokens = "/v1/responses/input_tokens";
    private const string Embeddings = "/v1/embeddings";
    private const string Models = "/v1/models";

    public bool Owns(ReceivedRequest request) => true;

    public string? Credential(ReceivedRequest request) =>
        request.Header("authorization") is { } value && value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? value["Bearer ".Length..].Trim()
            : null;

    public BenchmarkAnswer Benchmark(BenchmarkOptions options) => ChatBenchmark.Create(options);

    public WireAnswer Answer(Exchange exchange)
    {
        var wire = new OpenAiWire(exchange);
        var request = exchange.Request;
        if ((LeakRules.Check(request, "authorization") ?? Authenticate(request)) is { } refusal)
        {
            return Reply.Refuse(wire, exchange, refusal);
        }

        return (request.Method, request.Path) switch
        {
            ("POST", ChatCompletions) => WithBody(exchange, wire, ChatEndpoint.Answer),
            ("POST", Responses) => WithBody(exchange, wire, ResponseEndpoint.Answer),
            ("POST", InputTokens) => WithBody(exchange, wire, InputTokenEndpoint.Answer),
            ("POST", Embeddings) => WithBody(exchange, wire, EmbeddingEndpoint.Answer),
            ("GET", Models) => ModelEndpoint.List(exchange, wire),
            ("GET", var path) when path.StartsWith(Models + "/", StringComparison.Ordinal) =>
                ModelEndpoint.Get(exchange, wire, path[(Models.Length + 1)..]),
            (var method, ChatCompletions or Responses or InputTokens or Embeddings or Models) => Reply.Refuse(wire, exchange, NotAllowed(method, request.Path)),
            (var method, var path) => Reply.Refuse(wire, exchange, InvalidUrl(method, path)),
        };
    }

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

    private ScriptedError? Authenticate(ReceivedRequest request)
    {
        if (Credential(request) is not { } key)
        {
            return new ScriptedError(401)
            {
                Type = "invalid_request_error",
                Message = "You didn't provide an API key. It goes into an Authorization header using Bearer auth.",
            };
        }

        return key.StartsWith(CredentialPrefix.OpenAi, StringComparison.Ordinal) ? null : new ScriptedError(401)
        {
            Type = "invalid_request_error",
            Message = $"Incorrect API key provided: {key[..Math.Min(3, key.Length)]}***.",
            Code = "invalid_api_key",
        };
    }

    private static ScriptedError InvalidUrl(string method, string path) =>
        new(404) { Type = "invalid_request_error", Message = $"Invalid URL ({method} {path})" };

    private static ScriptedError NotAllowed(string method, string path) =>
        new(405) { Type = "invalid_request_error", Message = $"Not allowed to {method} on {path}.", Code = "method_not_supported" };
}
