using System.Text.Json;
using Simulator.Http;

namespace Simulator.Platforms.Claude;

/// <summary>Claude: messages, token counts, models, OAuth log-in.</summary>
/// <remarks>Source: Messages API reference, its error table, and errors that users quote in public issues, read 2026-11.</remarks>
internal sealed class ClaudePlatform : ISimulatedPlatform
{
    private const string Models = "/v1/models";
    private const string Messages = "/v1/messages";
    private const string CountTokens = "/v1/messages/count_tokens";
    private const int MaxBodyBytes = 32 * 1024 * 1024;

    /// <summary>The path tells; where platforms share one, the version header does.</summary>
    public bool Owns(ReceivedRequest request) =>
        request.Path.StartsWith(Messages, StringComparison.Ordinal) || OAuthEndpoints.Owns(request) || request.Header("anthropic-version") is not null;

    public string? Credential(ReceivedRequest request) => OAuthEndpoints.Owns(request) ? OAuthEndpoints.Credential(request) : ClaudeCredential.Read(request);

    public BenchmarkAnswer Benchmark(BenchmarkOptions options) => MessageBenchmark.Create(options);

    public WireAnswer Answer(Exchange exchange)
    {
        var request = exchange.Request;
        if (OAuthEndpoints.Owns(request))
        {
            return OAuthEndpoints.Answer(exchange);
        }

        var wire = new ClaudeWire(exchange);
        if ((LeakRules.Check(request, "x-api-key", "authorization") ?? ClaudeCredential.Check(exchange)) is { } refusal)
        {
            return Reply.Refuse(wire, exchange, refusal);
        }

        return (request.Method, request.Path) switch
        {
            ("POST", Messages) => WithBody(exchange, wire, MessageEndpoint.Answer),
            ("POST", CountTokens) => WithBody(exchange, wire, MessageEndpoint.Count),
            ("GET", Models) => ModelEndpoint.List(exchange, wire),
            ("GET", var path) when path.StartsWith(Models + "/", StringComparison.Ordinal) =>
                ModelEndpoint.Get(exchange, wire, path[(Models.Length + 1)..]),
            (_, Messages or CountTokens or Models) => Reply.Refuse(wire, exchange, NotAllowed),
            _ => Reply.Refuse(wire, exchange, ClaudeErrors.NotFound("Not Found")),
        };
    }

    private static ScriptedError NotAllowed => new(405) { Type = "invalid_request_error", Message = "Method Not Allowed" };

    private static WireAnswer WithBody(Exchange exchange, ClaudeWire wire, Func<Exchange, ClaudeWire, JsonElement, WireAnswer> answer)
    {
        if (exchange.Request.Body.Length > MaxBodyBytes)
        {
            return Reply.Refuse(wire, exchange, new ScriptedError(413));
        }

        if (!RequestJson.IsJsonContent(exchange.Request))
        {
            return Reply.Refuse(wire, exchange, ClaudeErrors.Invalid("content-type: must be application/json"));
        }

        if (RequestJson.TryParse(exchange.Request, out var problem) is not { } body)
        {
            return Reply.Refuse(wire, exchange, ClaudeErrors.Invalid($"The request body is not valid JSON: {problem}"));
        }

        return body.ValueKind == JsonValueKind.Object
            ? answer(exchange, wire, body)
            : Reply.Refuse(wire, exchange, ClaudeErrors.NotA("dictionary", "body"));
    }
}
