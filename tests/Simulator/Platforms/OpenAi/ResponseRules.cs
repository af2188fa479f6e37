using System.Text.Json;
using System.Text.RegularExpressions;

namespace Simulator.Platforms.OpenAi;

/// <summary>What the platform accepts on responses. Unknown members are let through, but for those that belong to chat completions.</summary>
internal static partial class ResponseRules
{
    private static readonly string[] NotWhileReasoning = ["temperature", "top_p", "top_logprobs"];

    private static readonly string[] OfChat =
    [
        "messages", "max_tokens", "max_completion_tokens", "n", "stop", "seed", "presence_penalty", "frequency_penalty", "logit_bias", "response_format", "reasoning_effort",
        "verbosity", "functions", "function_call",
    ];

    public static ScriptedError? Check(Exchange exchange, JsonElement body, out OpenAiModel? model) =>
        Model(exchange, body, out model) ?? Foreign(exchange, body) ?? Sampling(body) ?? ForModel(body, model!) ?? Tools(body) ?? Text(body) ?? ResponseItemRules.Check(body) ?? References(exchange, body);

    private static ScriptedError? Model(Exchange exchange, JsonElement body, out OpenAiModel? model)
    {
        model = null;
        if (OpenAiFields.String(body, "model") is { } wrongType)
        {
            return wrongType;
        }

        if (body.Text("model") is not { Length: > 0 } name)
        {
            return OpenAiErrors.Missing("model");
        }

        model = OpenAiModel.Find(exchange, name);
        return model is null or { Dimensions: > 0 } ? OpenAiErrors.UnknownModel(name) : null;
    }

    private static ScriptedError? Foreign(Exchange exchange, JsonElement body)
    {
        if (OfChat.FirstOrDefault(name => body.Member(name) is not null) is { } foreign)
        {
            return OpenAiErrors.Invalid($"Unknown parameter: '{foreign}'.", foreign, "unknown_parameter");
        }

        if (body.Member("stream_options")?.Member("include_usage") is not null)
        {
            return OpenAiErrors.Invalid("Unknown parameter: 'stream_options.include_usage'.", "stream_options.include_usage", "unknown_parameter");
        }

        return body.Text("previous_response_id") is { } previous && !exchange.Account.Stored.ContainsKey(previous)
            ? OpenAiErrors.Invalid($"Previous response with id '{previous}' not found.", "previous_response_id", "previous_response_not_found")
            : null;
    }

    private static ScriptedError? Sampling(JsonElement body) =>
        OpenAiFields.Number(body, "temperature", 0, 2)
        ?? OpenAiFields.Number(body, "top_p", 0, 1)
        ?? OpenAiFields.Integer(body, "top_logprobs", 0, 20)
        ?? OpenAiFields.Integer(body, "max_output_tokens", 16)
        ?? OpenAiFields.OneOf(body, "truncation", "auto", "disabled")
        ?? OpenAiFields.OneOf(body, "service_tier", "auto", "default", "flex", "scale", "priority", "fast")
        ?? OpenAiFields.Object(body, "metadata")
        ?? OpenAiFields.Boolean(body, "store")
        ?? OpenAiFields.Boolean(body, "stream")
        ?? OpenAiFields.String(body, "instructions")
        ?? OpenAiFields.String(body, "safety_identifier")
        ?? OpenAiFields.Object(body, "reasoning")
        ?? (body.Member("reasoning") is { } reasoning
            ? OpenAiFields.OneOf(reasoning, "effort", "none", "minimal", "low", "medium", "high", "xhigh", "max")
                ?? OpenAiFields.OneOf(reasoning, "summary", "auto", "concise", "detailed")
            : null);

    private static ScriptedError? ForModel(JsonElement body, OpenAiModel model)
    {
        if (!model.Reasons)
        {
            return body.Member("reasoning")?.Member("effort") is null
                ? null
                : OpenAiErrors.Invalid("Unsupported parameter: 'reasoning.effort' is not supported with this model.", "reasoning.effort", "unsupported_parameter");
        }

        var isReasoning = body.Member("reasoning")?.Text("effort") != "none";
        return isReasoning && NotWhileReasoning.FirstOrDefault(name => body.Member(name) is not null) is { } name
            ? OpenAiErrors.Invalid($"Unsupported parameter: '{name}' is not supported with this model.", name, "unsupported_parameter")
            : null;
    }

    private static ScriptedError? Tools(JsonElement body)
    {
        if (body.Member("tools") is { ValueKind: not JsonValueKind.Array } tools)
        {
            return OpenAiErrors.WrongType("tools", "an array of objects", tools);
        }

        return body.Items("tools").Select(Tool).FirstOrDefault(error => error is not null)
            ?? OpenAiFields.Boolean(body, "parallel_tool_calls")
            ?? (body.Member("tool_choice") switch
            {
                null => null,
                { ValueKind: JsonValueKind.String } => OpenAiFields.OneOf(body, "tool_choice", "none", "auto", "required"),
                { ValueKind: JsonValueKind.Object } choice when choice.Text("type") is "function" or "custom" =>
                    choice.Text("name") is { } name && body.Items("tools").Any(tool => tool.Text("name") == name)
                        ? null
                        : OpenAiErrors.Invalid("Tool choice 'function' not found in 'tools' parameter.", "tool_choice"),
                { ValueKind: JsonValueKind.Object } => null,
                { } other => OpenAiErrors.WrongType("tool_choice", "a string or an object", other),
            });
    }

    private static ScriptedError? Tool(JsonElement tool, int index)
    {
        if (tool.Text("type") is not { } type)
        {
            return OpenAiErrors.Missing($"tools[{index}].type");
        }

        if (type is not ("function" or "custom"))
        {
            return null;
        }

        if (tool.Text("name") is not { } name)
        {
            return OpenAiErrors.Missing($"tools[{index}].name");
        }

        if (!ToolName().IsMatch(name))
        {
            return OpenAiErrors.Invalid($"Invalid 'tools[{index}].name': 1 to 64 letters, digits, '_' and '-'.", $"tools[{index}].name", "invalid_value");
        }

        return tool.Member("parameters") is { ValueKind: not JsonValueKind.Object } parameters
            ? OpenAiErrors.WrongType($"tools[{index}].parameters", "an object", parameters)
            : null;
    }

    private static ScriptedError? Text(JsonElement body)
    {
        if (OpenAiFields.Object(body, "text") is { } wrongType)
        {
            return wrongType;
        }

        if (body.Member("text") is not { } text)
        {
            return null;
        }

        var format = text.Member("format");
        return OpenAiFields.OneOf(text, "verbosity", "low", "medium", "high") ?? (format?.Text("type") switch
        {
            null when format is null => null,
            null => OpenAiErrors.Missing("text.format.type"),
            "json_schema" when format.Value.Text("name") is null => OpenAiErrors.Missing("text.format.name"),
            "json_schema" when format.Value.Member("schema") is null => OpenAiErrors.Missing("text.format.schema"),
            "text" or "json_schema" or "json_object" => null,
            var other => OpenAiFields.NotOneOf("text.format.type", other, "text", "json_object", "json_schema"),
        });
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex ToolName();

    /// <summary>Items that are only named must be the account's.</summary>
    private static ScriptedError? References(Exchange exchange, JsonElement body)
    {
        var unknown = body.Items("input").Where(ResponseItemRules.IsReference).Select(item => item.Text("id") ?? "")
            .FirstOrDefault(id => !exchange.Account.Stored.Values.Any(stored => stored.Whole.Contains($"\"{id}\"", StringComparison.Ordinal)));
        return unknown is null ? null : new ScriptedError(404)
        {
            Type = "invalid_request_error",
            Message = $"Item with id '{unknown}' not found. Items are not persisted when `store` is set to false.",
            Param = "input",
        };
    }
}
