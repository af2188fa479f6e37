using System.Text.Json;

namespace Simulator.Platforms.OpenAi;

/// <summary>What the platform accepts on embeddings.</summary>
internal static class EmbeddingRules
{
    private const int MaxInputs = 2048;

    public static ScriptedError? Check(Exchange exchange, JsonElement body, out OpenAiModel? model)
    {
        model = null;
        if (OpenAiFields.String(body, "model") is { } wrongType)
        {
            return wrongType;
        }

        if (body.Text("model") is not { Length: > 0 } name)
        {
            return OpenAiErrors.Invalid("you must provide a model parameter");
        }

        model = OpenAiModel.Find(exchange, name);
        if (model is null)
        {
            return OpenAiErrors.UnknownModel(name);
        }

        if (model.Dimensions == 0 && exchange.Account.Models is null)
        {
            return new ScriptedError(403)
            {
                Type = "invalid_request_error",
                Message = "You are not allowed to generate embeddings from this model",
            };
        }

        return Input(body) ?? OpenAiFields.OneOf(body, "encoding_format", "float", "base64") ?? Dimensions(body, model)
            ?? OpenAiFields.String(body, "user");
    }

    private static ScriptedError? Dimensions(JsonElement body, OpenAiModel model) =>
        body.Member("dimensions") is not null && model.Id == "text-embedding-ada-002"
            ? OpenAiErrors.Invalid("This model does not support specifying dimensions.", "dimensions")
            : OpenAiFields.Integer(body, "dimensions", 1, Math.Max(model.Dimensions, 1));

    private static ScriptedError? Input(JsonElement body)
    {
        if (body.Member("input") is not { } input)
        {
            return OpenAiErrors.Missing("input");
        }

        return input.ValueKind switch
        {
            JsonValueKind.String => input.GetString()!.Length > 0 ? null : OpenAiErrors.Invalid("Invalid 'input': it is empty.", "input"),
            JsonValueKind.Array => List(input),
            _ => OpenAiErrors.WrongType("input", "a string or an array", input),
        };
    }

    private static ScriptedError? List(JsonElement input)
    {
        var count = input.GetArrayLength();
        if (count == 0)
        {
            return OpenAiFields.Empty("input");
        }

        var kind = input[0].ValueKind;
        if (kind != JsonValueKind.Number && count > MaxInputs)
        {
            return OpenAiFields.TooLong("input", MaxInputs, count);
        }

        var index = 0;
        foreach (var item in input.EnumerateArray())
        {
            var fits = item.ValueKind == kind && (kind switch
            {
                JsonValueKind.String => item.GetString()!.Length > 0,
                JsonValueKind.Number => item.TryGetInt32(out _),
                JsonValueKind.Array => item.GetArrayLength() > 0 && item.EnumerateArray().All(IsToken),
                _ => false,
            });
            if (!fits)
            {
                return OpenAiErrors.Invalid("'$.input' is invalid: non-empty strings, or token numbers.", $"input[{index}]");
            }

            index++;
        }

        return null;
    }

    private static bool IsToken(JsonElement element) => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out _);
}
