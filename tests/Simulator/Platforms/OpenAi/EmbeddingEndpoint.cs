using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Simulator.Http;

namespace Simulator.Platforms.OpenAi;

/// <summary>Vectors of length one that depend on the input alone. Tokens are words; a list of token numbers counts its numbers.</summary>
internal static class EmbeddingEndpoint
{
    public static WireAnswer Answer(Exchange exchange, OpenAiWire wire, JsonElement body)
    {
        if (EmbeddingRules.Check(exchange, body, out var model) is { } refusal)
        {
            return Reply.Refuse(wire, exchange, refusal);
        }

        var script = exchange.Account.Take(exchange.Request.Path, isGeneration: true) ?? new ScriptedAnswer();
        return Reply.Script(wire, script, () => Whole(body, model!, script));
    }

    private static JsonObject Whole(JsonElement body, OpenAiModel model, ScriptedAnswer script)
    {
        var inputs = Inputs(body.GetProperty("input"));
        var dimensions = body.Member("dimensions")?.GetInt32() ?? Math.Max(model.Dimensions, 1);
        var isBase64 = body.Text("encoding_format") == "base64";
        var answer = new JsonObject
        {
            ["object"] = "list",
            ["data"] = inputs.Select((input, index) => new JsonObject
            {
                ["object"] = "embedding",
                ["index"] = index,
                ["embedding"] = Embedding(input.GetRawText(), dimensions, isBase64),
            }).ToJsonArray(),
            ["model"] = model.Snapshot,
        };
        if (script.ReportsUsage)
        {
            var tokens = script.Usage?.TotalInputTokens ?? inputs.Sum(Tokens);
            answer["usage"] = new JsonObject { ["prompt_tokens"] = tokens, ["total_tokens"] = tokens };
        }

        return answer;
    }

    private static JsonElement[] Inputs(JsonElement input) =>
        input.ValueKind == JsonValueKind.String || input[0].ValueKind == JsonValueKind.Number ? [input] : [.. input.EnumerateArray()];

    private static long Tokens(JsonElement input) =>
        input.ValueKind == JsonValueKind.Array ? input.GetArrayLength() : Words.Count(input.GetString()!);

    private static JsonNode Embedding(string input, int dimensions, bool isBase64)
    {
        var seed = BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(input)));
        var random = new Random(seed);
        var vector = new float[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            vector[i] = random.NextSingle() - 0.5f;
        }

        var length = MathF.Sqrt(vector.Sum(x => x * x));
        if (!isBase64)
        {
            return vector.Select(x => (JsonNode)JsonValue.Create(x / length)).ToJsonArray();
        }

        var bytes = new byte[dimensions * sizeof(float)];
        for (var i = 0; i < dimensions; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i] / length);
        }

        return Convert.ToBase64String(bytes);
    }
}
