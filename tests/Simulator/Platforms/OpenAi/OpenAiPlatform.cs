using Simulator.Http;

namespace Simulator.Platforms.OpenAi;

/// <summary>OpenAI: chat completions, responses, embeddings, models.</summary>
/// <remarks>Source: OpenAI API reference, and errors that users quote in public issues, read 2026-11.</remarks>
internal sealed class OpenAiPlatform : ISimulatedPlatform
{
    private const string Root = "/v1/";

    public bool Owns(ReceivedRequest request) => true;

    public string? Credential(ReceivedRequest request) => request.Bearer();

    public BenchmarkAnswer Benchmark(BenchmarkOptions options) => ChatBenchmark.Create(options);

    public WireAnswer Answer(Exchange exchange)
    {
        var wire = new OpenAiWire(exchange);
        var request = exchange.Request;
        if ((LeakRules.Check(request, "authorization") ?? Authenticate(request)) is { } refusal)
        {
            return Reply.Refuse(wire, exchange, refusal);
        }

        var answer = request.Path.StartsWith(Root, StringComparison.Ordinal) ? OpenAiEndpoints.Answer(exchange, wire, request.Path[Root.Length..]) : null;
        return answer ?? Reply.Refuse(wire, exchange, InvalidUrl(request.Method, request.Path));
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
}
