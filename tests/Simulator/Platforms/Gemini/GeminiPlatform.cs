using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Simulator.Http;

namespace Simulator.Platforms.Gemini;

/// <summary>Google's Gemini API: content, token counts, models.</summary>
/// <remarks>Source: Gemini API reference and troubleshooting guide, v1beta, and errors that users quote in public issues, read 2026-11.</remarks>
internal sealed partial class GeminiPlatform : ISimulatedPlatform
{
    private const string KeyHeader = "x-goog-api-key";

    // By the path alone: another platform's request with this key must count as a leak there.
    public bool Owns(ReceivedRequest request) => request.Path.StartsWith("/v1beta/", StringComparison.Ordinal) || Method().IsMatch(request.Path);

    public string? Credential(ReceivedRequest request) => request.Header(KeyHeader);

    public BenchmarkAnswer Benchmark(BenchmarkOptions options)
    {
        var credential = $"{CredentialPrefix.Gemini}benchmark";
        var exchange = BenchmarkExchange.Create("/v1beta/models/gemini-2.5-flash:generateContent", credential);
        var model = GeminiModel.All[1];
        var stream = new ContentReply(exchange, model, BenchmarkExchange.Stream(options), 1);
        return new BenchmarkAnswer(
            KeyHeader,
            credential,
            new GeminiWire().Body(new ContentReply(exchange, model, BenchmarkExchange.Whole, 1).Whole()),
            [.. stream.Events().Select(e => e.ToBytes(crlf: false))]);
    }

    public WireAnswer Answer(Exchange exchange)
    {
        var wire = new GeminiWire();
        var request = exchange.Request;
        if ((LeakRules.Check(request, KeyHeader) ?? Authenticate(request)) is { } refusal)
        {
            return Reply.Refuse(wire, exchange, refusal);
        }

        var call = Method().Match(request.Path);
        if (request.Method == "POST" && call.Success)
        {
            return WithBody(exchange, wire, call.Groups["model"].Value, call.Groups["method"].Value);
        }

        return request is { Method: "GET", Path: "/v1beta/models" }
            ? Models(exchange, wire)
            : Reply.Refuse(wire, exchange, new ScriptedError(404) { Type = "NOT_FOUND" });
    }

    private static WireAnswer WithBody(Exchange exchange, GeminiWire wire, string name, string method)
    {
        if (GeminiModel.Find(exchange, name) is not { } model || method is not ("generateContent" or "streamGenerateContent" or "countTokens" or "embedContent" or "batchEmbedContents")
            || model.Embeds != method.Contains("mbed", StringComparison.Ordinal))
        {
            return Reply.Refuse(wire, exchange, GeminiErrors.UnknownModel(name, method));
        }

        if (!RequestJson.IsJsonContent(exchange.Request) || RequestJson.TryParse(exchange.Request, out var problem) is not { ValueKind: JsonValueKind.Object } body)
        {
            return Reply.Refuse(wire, exchange, GeminiErrors.Invalid("Invalid JSON payload received. An application/json object is expected."));
        }

        return method switch
        {
            "countTokens" => Count(exchange, wire, body),
            "embedContent" or "batchEmbedContents" => EmbeddingReply.Answer(exchange, wire, name, body, isBatch: method == "batchEmbedContents"),
            _ => Generate(exchange, wire, model, body, method),
        };
    }

    private static WireAnswer Generate(Exchange exchange, GeminiWire wire, GeminiModel model, JsonElement body, string method)
    {
        if (ContentRules.Check(body, model) is { } refusal)
        {
            return Reply.Refuse(wire, exchange, refusal);
        }

        var prompt = ContentPrompt.Read(body);
        var script = exchange.Account.Take(exchange.Request.Path, isGeneration: true) ?? DefaultAnswer.For(prompt);
        var reply = new ContentReply(exchange, model, script, prompt.Words)
        {
            Candidates = body.Member("generationConfig")?.Member("candidateCount")?.GetInt32() ?? 1,
            ShowsThoughts = body.Member("generationConfig")?.Member("thinkingConfig")?.IsTrue("includeThoughts") == true,
        };
        if (method == "generateContent")
        {
            return Reply.Script(wire, script, reply.Whole);
        }

        // Without alt=sse a stream is one JSON array.
        return exchange.Request.Query.Contains("alt=sse", StringComparison.Ordinal)
            ? Reply.Script(wire, script, reply.Whole, reply.Events)
            : Reply.Script(wire, script, () => reply.Chunks().ToJsonArray());
    }

    private static WireAnswer Count(Exchange exchange, GeminiWire wire, JsonElement body)
    {
        var prompt = ContentPrompt.Words(body.Member("generateContentRequest") ?? body);
        var script = exchange.Account.Take(exchange.Request.Path, isGeneration: false) ?? new ScriptedAnswer();
        return Reply.Script(wire, script, () => new JsonObject { ["totalTokens"] = script.Usage?.TotalInputTokens ?? prompt });
    }

    private static WireAnswer Models(Exchange exchange, GeminiWire wire) =>
        Reply.Script(wire, exchange.Account.Take(exchange.Request.Path, isGeneration: false) ?? new ScriptedAnswer(), () => new JsonObject
        {
            ["models"] = GeminiModel.Names(exchange).Select(name => new JsonObject
            {
                ["name"] = $"models/{name}",
                ["displayName"] = name,
                ["inputTokenLimit"] = 1048576,
                ["outputTokenLimit"] = 65536,
                ["supportedGenerationMethods"] = new JsonArray("generateContent", "countTokens"),
            }).ToJsonArray(),
        });

    private ScriptedError? Authenticate(ReceivedRequest request)
    {
        if (Credential(request) is not { } key)
        {
            return new ScriptedError(403)
            {
                Type = "PERMISSION_DENIED",
                Message = "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity.",
            };
        }

        return key.StartsWith(CredentialPrefix.Gemini, StringComparison.Ordinal)
            ? null
            : new ScriptedError(400) { Type = "INVALID_ARGUMENT", Message = "API key not valid. Please pass a valid API key.", Code = "API_KEY_INVALID" };
    }

    [GeneratedRegex("^/v1(beta)?/(models/(?<model>[^:]+)|(?<model>tunedModels/[^:]+)):(?<method>[A-Za-z]+)$")]
    private static partial Regex Method();
}
