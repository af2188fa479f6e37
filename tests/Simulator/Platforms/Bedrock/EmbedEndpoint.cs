using System.Text.Json;
using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.Bedrock;

/// <summary>InvokeModel of Amazon's and Cohere's embedding models. Vectors depend on the text alone.</summary>
internal static class EmbedEndpoint
{
    private const int MostTexts = 96;

    private static readonly string[] Titan = ["inputText", "dimensions", "normalize", "embeddingTypes"];
    private static readonly string[] Cohere = ["texts", "input_type", "embedding_types", "truncate", "output_dimension"];

    public static WireAnswer Answer(Exchange exchange, BedrockModel model, JsonElement body)
    {
        var wire = new BedrockWire(exchange);
        var isTitan = model.Id.StartsWith("amazon.", StringComparison.Ordinal);
        if (Check(body, isTitan) is { } refusal)
        {
            return BedrockPlatform.Refuse(wire, exchange, refusal);
        }

        var script = exchange.Account.Take(exchange.Request.Path, isGeneration: true) ?? new ScriptedAnswer();
        return BedrockPlatform.Script(wire, script, Reply.Script(wire, script, () => isTitan
            ? new JsonObject
            {
                ["embedding"] = Vector(body.Text("inputText")!, body.Member("dimensions")?.GetInt32() ?? 8),
                ["inputTextTokenCount"] = Words.Count(body.Text("inputText")!),
            }
            : new JsonObject
            {
                ["embeddings"] = new JsonObject { ["float"] = body.Items("texts").Select(text => (JsonNode)Vector(text.GetString()!, body.Member("output_dimension")?.GetInt32() ?? 8)).ToJsonArray() },
                ["response_type"] = "embeddings_by_type",
            }));
    }

    private static ScriptedError? Check(JsonElement body, bool isTitan)
    {
        if (body.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !(isTitan ? Titan : Cohere).Contains(name)) is { } unknown)
        {
            return BedrockErrors.Invalid($"Malformed input request: #: extraneous key [{unknown}] is not permitted, please reformat your input and try again.");
        }

        return isTitan
            ? body.Text("inputText") is { Length: > 0 } ? null : BedrockErrors.Invalid("Malformed input request: expected minLength: 1, actual: 0, please reformat your input and try again.")
            : body.Items("texts").Count() is >= 1 and <= MostTexts && body.Text("input_type") is { Length: > 0 } ? null : BedrockErrors.Invalid("Malformed input request: texts and input_type are required.");
    }

    private static JsonArray Vector(string text, int count) =>
        Enumerable.Range(1, count).Select(i => (JsonNode)JsonValue.Create((float)text.Length * i / 100)).ToJsonArray();
}
