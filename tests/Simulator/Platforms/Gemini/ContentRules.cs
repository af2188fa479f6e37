using System.Text.Json;
using System.Text.RegularExpressions;

namespace Simulator.Platforms.Gemini;

/// <summary>What the platform accepts. Unlike at others, a name that it does not know is refused.</summary>
internal static partial class ContentRules
{
    private const int MostStopSequences = 5;

    private static readonly string[] Members =
    [
        "contents", "systemInstruction", "tools", "toolConfig", "safetySettings", "generationConfig", "cachedContent", "serviceTier", "labels", "model",
    ];

    private static readonly string[] ConfigMembers =
    [
        "temperature", "topP", "topK", "seed", "presencePenalty", "frequencyPenalty", "maxOutputTokens", "stopSequences", "candidateCount", "responseMimeType",
        "responseSchema", "responseJsonSchema", "responseLogprobs", "logprobs", "thinkingConfig", "responseModalities", "mediaResolution", "speechConfig", "imageConfig",
    ];

    private static readonly string[] SchemaKeywords =
    [
        "$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description", "enum", "items", "prefixItems", "minItems", "maxItems", "minimum", "maximum", "anyOf", "oneOf",
        "properties", "additionalProperties", "required", "propertyOrdering",
    ];

    public static ScriptedError? Check(JsonElement body, GeminiModel model) =>
        Unknown(body, "", Members) ?? ConversationRules.Check(body, model) ?? Tools(body) ?? ToolConfig(body) ?? Config(body, model);

    public static ScriptedError? Unknown(JsonElement json, string path, params ReadOnlySpan<string> known)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return GeminiErrors.Invalid($"Invalid value at '{path}': an object is expected.", path);
        }

        foreach (var member in json.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                return GeminiErrors.UnknownName(member.Name, path);
            }
        }

        return null;
    }

    private static ScriptedError? Tools(JsonElement body)
    {
        foreach (var tool in body.Items("tools"))
        {
            if (Unknown(tool, "tools[0]", "functionDeclarations", "googleSearch", "codeExecution", "urlContext") is { } unknown)
            {
                return unknown;
            }
        }

        var names = new HashSet<string>();
        foreach (var function in body.Items("tools").SelectMany(tool => tool.Items("functionDeclarations")))
        {
            const string path = "tools[0].function_declarations";
            if (Unknown(function, path, "name", "description", "parameters", "parametersJsonSchema", "response", "responseJsonSchema", "behavior") is { } unknown)
            {
                return unknown;
            }

            if (function.Text("name") is not { } name || !FunctionName().IsMatch(name))
            {
                return GeminiErrors.Invalid(
                    "Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.",
                    path);
            }

            if (!names.Add(name))
            {
                return GeminiErrors.Invalid($"Duplicate function declaration found: {name}", path);
            }

            if (function.Member("parameters") is not null && function.Member("parametersJsonSchema") is not null)
            {
                return GeminiErrors.Invalid("Only one of parameters and parameters_json_schema may be set.", path);
            }

            if (function.Member("parametersJsonSchema") is { } schema && Schema(schema, $"{path}.parameters_json_schema") is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private static ScriptedError? Schema(JsonElement schema, string path)
    {
        if (Unknown(schema, path, SchemaKeywords) is { } unknown)
        {
            return unknown;
        }

        if (schema.Member("$ref") is not null && schema.EnumerateObject().Any(member => member.Name[0] != '$'))
        {
            return GeminiErrors.Invalid($"'{path}': $ref may not have siblings.", path);
        }

        if (schema.Items("enum").Any(value => value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)))
        {
            return GeminiErrors.Invalid($"'{path}.enum': only strings and numbers are allowed.", path);
        }

        var inner = new List<JsonElement>([.. schema.Items("anyOf"), .. schema.Items("oneOf"), .. schema.Items("prefixItems")]);
        foreach (var name in new[] { "properties", "$defs" })
        {
            inner.AddRange(schema.Member(name)?.EnumerateObject().Select(member => member.Value) ?? []);
        }

        foreach (var name in new[] { "items", "additionalProperties" })
        {
            inner.AddRange(schema.Member(name) is { ValueKind: JsonValueKind.Object } one ? [one] : []);
        }

        return inner.Select(one => Schema(one, path)).FirstOrDefault(error => error is not null);
    }

    private static ScriptedError? ToolConfig(JsonElement body)
    {
        if (body.Member("toolConfig")?.Member("functionCallingConfig") is not { } config)
        {
            return null;
        }

        const string path = "tool_config.function_calling_config";
        if (Unknown(config, path, "mode", "allowedFunctionNames") is { } unknown)
        {
            return unknown;
        }

        var mode = config.Text("mode");
        if (mode is not ("AUTO" or "ANY" or "NONE" or "VALIDATED"))
        {
            return GeminiErrors.Invalid($"Invalid value at '{path}.mode': \"{mode}\"", path);
        }

        var declared = body.Items("tools").SelectMany(tool => tool.Items("functionDeclarations")).Select(function => function.Text("name")).ToHashSet();
        if (mode is "ANY" && declared.Count == 0)
        {
            return GeminiErrors.Invalid("Function calling config is set without function_declarations.", path);
        }

        var allowed = config.Items("allowedFunctionNames").Select(name => name.GetString()).ToList();
        if (allowed.Count > 0 && mode is "AUTO" or "NONE" && allowed.Count > 0)
        {
            return GeminiErrors.Invalid("allowed_function_names should only be set when the function calling mode is ANY or VALIDATED.", path);
        }

        return allowed.Find(name => !declared.Contains(name)) is { } foreign
            ? GeminiErrors.Invalid($"allowed_function_names contains '{foreign}', which is not declared.", path)
            : null;
    }

    private static ScriptedError? Config(JsonElement body, GeminiModel model)
    {
        if (body.Member("generationConfig") is not { } config)
        {
            return null;
        }

        const string path = "generation_config";
        if ((Unknown(config, path, ConfigMembers) ?? Range(config, "temperature", 0, 2) ?? Range(config, "topP", 0, 1) ?? Range(config, "maxOutputTokens", 1, 65536)
            ?? Range(config, "candidateCount", 1, 8) ?? Range(config, "seed", int.MinValue, int.MaxValue)) is { } wrong)
        {
            return wrong;
        }

        if (model.IsThird && config.Member("candidateCount")?.GetInt32() > 1)
        {
            return GeminiErrors.Invalid("Multiple candidates is not enabled for this model");
        }

        if (config.Items("stopSequences").Count() > MostStopSequences)
        {
            return GeminiErrors.Invalid($"The number of stop sequences must not exceed {MostStopSequences}.", path);
        }

        var isJson = config.Text("responseMimeType") == "application/json";
        if (config.Member("responseJsonSchema") is { } schema)
        {
            if (!isJson)
            {
                return GeminiErrors.Invalid("response_json_schema requires response_mime_type application/json.", path);
            }

            if (Schema(schema, $"{path}.response_json_schema") is { } bad)
            {
                return bad;
            }
        }

        if (isJson && !model.IsThird && body.Items("tools").Any())
        {
            return GeminiErrors.Invalid("Function calling with a response mime type: 'application/json' is unsupported", path);
        }

        return config.Member("thinkingConfig") is { } thinking ? Thinking(thinking, model) : null;
    }

    private static ScriptedError? Thinking(JsonElement thinking, GeminiModel model)
    {
        const string path = "generation_config.thinking_config";
        if (Unknown(thinking, path, "includeThoughts", "thinkingBudget", "thinkingLevel") is { } unknown)
        {
            return unknown;
        }

        if (!model.Thinks)
        {
            return GeminiErrors.Invalid("Thinking is not enabled for this model.", path);
        }

        var level = thinking.Text("thinkingLevel");
        var budget = thinking.Member("thinkingBudget")?.GetInt32();
        if (level is not null && budget is not null)
        {
            return GeminiErrors.Invalid("You can only set only one of thinking budget and thinking level.", path);
        }

        if (level is not null && !model.Levels.Contains(level))
        {
            return GeminiErrors.Invalid($"Thinking level {level} is not supported for this model.", path);
        }

        return budget is { } tokens && tokens != -1 && !model.IsThird && (tokens < model.Budget.Least || tokens > model.Budget.Most)
            ? GeminiErrors.Invalid($"The thinking budget {tokens} is invalid. Please choose a value between {model.Budget.Least} and {model.Budget.Most}.", path)
            : null;
    }

    private static ScriptedError? Range(JsonElement config, string name, double least, double most) => config.Member(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.GetDouble() >= least && value.GetDouble() <= most => null,
        { } value => GeminiErrors.Invalid($"Invalid value at 'generation_config.{name}': {value}", $"generation_config.{name}"),
    };

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_.:-]{0,127}$")]
    private static partial Regex FunctionName();
}
