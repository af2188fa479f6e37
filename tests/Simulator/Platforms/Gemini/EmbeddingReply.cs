using System.Text.Json;
using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.Gemini;

/// <summary>Vectors that depend on the text alone; shortened ones have another length than one, as Google's.</summary>
internal static class EmbeddingReply
{
    private const int FullDimensions = 8;

    private static readonly string[] Known = ["model", "content", "taskType", "title", "outputDimensionality"];

    public static WireAnswer Answer(Exchange exchange, GeminiWire wire, string model, JsonElement body, bool isBatch)
    {
        JsonElement[] requests = isBatch ? [.. body.Items("requests")] : [body];
        if (requests.Select(request => Check(request, model, isBatch)).FirstOrDefault(refusal => refusal is not null) is { } refusal)
        {
            return Reply.Refuse(wire, exchange, refusal);
        }

        var script = exchange.Account.Take(exchange.Request.Path, isGeneration: true) ?? new ScriptedAnswer();
        return Reply.Script(wire, script, () =>
        {
            var vectors = requests.Select(request => (JsonNode)new JsonObject { ["values"] = Vector(request) }).ToArray();
            var answer = isBatch ? new JsonObject { ["embeddings"] = new JsonArray(vectors) } : new JsonObject { ["embedding"] = vectors[0] };
            if (script.Usage is { } usage)
            {
                answer["usageMetadata"] = new JsonObject { ["promptTokenCount"] = usage.TotalInputTokens };
            }

            return answer;
        });
    }

    private static ScriptedError? Check(JsonElement request, string model, bool isBatch)
    {
        if (request.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
        {
            return GeminiErrors.UnknownName(unknown, isBatch ? "requests" : "");
        }

        if (isBatch && request.Text("model") != $"models/{model}")
        {
            return GeminiErrors.Invalid("model name must match", "requests[0].model");
        }

        return request.Member("content")?.Items("parts").FirstOrDefault().Text("text") is { Length: > 0 }
            ? null
            : GeminiErrors.Invalid("content is required", "content");
    }

    private static JsonArray Vector(JsonElement request)
    {
        var text = request.GetProperty("content").GetProperty("parts")[0].Text("text")!;
        var count = request.Member("outputDimensionality")?.GetInt32() ?? FullDimensions;
        return Enumerable.Range(1, count).Select(i => (JsonNode)JsonValue.Create(text.Length * i / 100f)).ToJsonArray();
    }
}
