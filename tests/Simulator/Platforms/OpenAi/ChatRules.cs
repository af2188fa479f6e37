using System.Text.Json;

namespace Simulator.Platforms.OpenAi;

/// <summary>What the platform accepts on chat completions. Unknown members are let through: the real platforms gain some.</summary>
internal static class ChatRules
{
    private static readonly string[] NotWhileReasoning = ["top_p", "logprobs", "presence_penalty", "frequency_penalty"];

    public static ScriptedError? Check(Exchange exchange, JsonElement body, out OpenAiModel? model) =>
        Model(exchange, body, out model) ?? Sampling(body) ?? ForModel(body, model!) ?? Stream(body) ?? ChatToolRules.Check(body)
            ?? ResponseFormat(body) ?? ChatMessageRules.Check(body);

    private static ScriptedError? Model(Exchange exchange, JsonElement body, out OpenAiModel? model)
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

        if (body.Member("messages") is not { } messages)
        {
            return OpenAiErrors.Missing("messages");
        }

        if (messages.ValueKind != JsonValueKind.Array)
        {
            return OpenAiErrors.WrongType("messages", "an array of objects", messages);
        }

        model = OpenAiModel.Find(exchange, name);
        return model switch
        {
            null => OpenAiErrors.UnknownModel(name),
            { Dimensions: > 0 } => new ScriptedError(404)
            {
                Type = "invalid_request_error",
                Message = "This is not a chat model and thus not supported in the v1/chat/completions endpoint.",
                Param = "model",
            },
            _ => null,
        };
    }

    private static ScriptedError? Sampling(JsonElement body) =>
        OpenAiFields.Integer(body, "n", 1, 128)
        ?? OpenAiFields.Number(body, "temperature", 0, 2)
        ?? OpenAiFields.Number(body, "top_p", 0, 1)
        ?? OpenAiFields.Number(body, "presence_penalty", -2, 2)
        ?? OpenAiFields.Number(body, "frequency_penalty", -2, 2)
        ?? OpenAiFields.Integer(body, "max_tokens", 1)
        ?? OpenAiFields.Integer(body, "max_completion_tokens", 1)
        ?? OpenAiFields.Boolean(body, "logprobs")
        ?? OpenAiFields.Integer(body, "top_logprobs", 0, 20)
        ?? OpenAiFields.OneOf(body, "reasoning_effort", "none", "minimal", "low", "medium", "high", "xhigh", "max")
        ?? OpenAiFields.OneOf(body, "verbosity", "low", "medium", "high")
        ?? OpenAiFields.OneOf(body, "service_tier", "auto", "default", "flex", "scale", "priority", "fast")
        ?? OpenAiFields.Object(body, "metadata")
        ?? OpenAiFields.Boolean(body, "store")
        ?? OpenAiFields.String(body, "user")
        ?? Stop(body);

    private static ScriptedError? Stop(JsonElement body) => body.Member("stop") switch
    {
        null or { ValueKind: JsonValueKind.String } => null,
        { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() > 4 => OpenAiFields.TooLong("stop", 4, list.GetArrayLength()),
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.String)
            .Select(item => OpenAiErrors.WrongType("stop", "an array of strings", item)).FirstOrDefault(),
        { } other => OpenAiErrors.WrongType("stop", "a string or an array of strings", other),
    };

    private static ScriptedError? ForModel(JsonElement body, OpenAiModel model)
    {
        var isReasoning = model.Reasons && body.Text("reasoning_effort") != "none";
        if (model.Reasons && body.Member("max_tokens") is not null)
        {
            return OpenAiErrors.Invalid(
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
                "max_tokens",
                "unsupported_parameter");
        }

        if (isReasoning && body.Member("temperature")?.GetDouble() is { } temperature and not 1)
        {
            return OpenAiErrors.Invalid(
                $"Unsupported value: 'temperature' does not support {temperature} with this model, only the default (1).",
                "temperature",
                "unsupported_value");
        }

        foreach (var name in NotWhileReasoning)
        {
            if (isReasoning && body.Member(name) is not null)
            {
                return OpenAiErrors.Invalid(
                    $"Unsupported parameter: '{name}' is not supported with this model.", name, "unsupported_parameter");
            }
        }

        return isReasoning && model.ChatToolsNeedNoReasoning && body.Items("tools").Any()
            ? OpenAiErrors.Invalid(
                "Function tools with reasoning are not supported for this model in /v1/chat/completions. Use /v1/responses instead.",
                "reasoning_effort")
            : null;
    }

    private static ScriptedError? Stream(JsonElement body)
    {
        if (OpenAiFields.Boolean(body, "stream") is { } wrongType)
        {
            return wrongType;
        }

        if (body.Member("stream_options") is not { } options)
        {
            return null;
        }

        return body.IsTrue("stream")
            ? OpenAiFields.Object(body, "stream_options") ?? OpenAiFields.Boolean(options, "include_usage")
            : OpenAiErrors.Invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
    }

    private static ScriptedError? ResponseFormat(JsonElement body)
    {
        if (OpenAiFields.Object(body, "response_format") is { } wrongType)
        {
            return wrongType;
        }

        if (body.Member("response_format") is not { } format)
        {
            return null;
        }

        return format.Text("type") switch
        {
            null => OpenAiErrors.Missing("response_format.type"),
            "json_schema" when format.Member("json_schema")?.Text("name") is null =>
                OpenAiErrors.Missing("response_format.json_schema.name"),
            "text" or "json_schema" => null,
            "json_object" when !body.GetProperty("messages").GetRawText().Contains("json", StringComparison.OrdinalIgnoreCase) =>
                OpenAiErrors.Invalid("'messages' must contain the word 'json' to use 'response_format' of type 'json_object'.", "messages"),
            "json_object" => null,
            var other => OpenAiFields.NotOneOf("response_format.type", other, "text", "json_object", "json_schema"),
        };
    }
}
