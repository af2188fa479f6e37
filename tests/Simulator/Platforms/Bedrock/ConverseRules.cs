using System.Text.Json;
using System.Text.RegularExpressions;

namespace Simulator.Platforms.Bedrock;

/// <summary>What Converse accepts beside the messages. Stricter than the real one in one thing: unknown members are refused.</summary>
internal static partial class ConverseRules
{
    private static readonly string[] Members =
    [
        "messages", "system", "inferenceConfig", "toolConfig", "additionalModelRequestFields", "additionalModelResponseFieldPaths", "outputConfig", "guardrailConfig",
        "performanceConfig", "serviceTier", "requestMetadata", "promptVariables",
    ];

    public static ScriptedError? Check(JsonElement body, BedrockModel model) =>
        Unknown(body, "", Members) ?? System(body) ?? ConverseMessageRules.Check(body, model) ?? Tools(body, model) ?? Inference(body) ?? Additional(body, model)
            ?? OutputFormat(body, model) ?? Tier(body) ?? Metadata(body) ?? CachePoints(body, model);

    public static ScriptedError? Unknown(JsonElement json, string path, params string[] known) =>
        json.ValueKind != JsonValueKind.Object
            ? BedrockErrors.Invalid($"{path} must be an object.")
            : json.EnumerateObject().FirstOrDefault(member => !known.Contains(member.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown
                ? BedrockErrors.Invalid($"Malformed input request: {path}#: extraneous key [{unknown.Name}] is not permitted, please reformat your input and try again.")
                : null;

    private static ScriptedError? System(JsonElement body)
    {
        foreach (var block in body.Items("system"))
        {
            if (block.EnumerateObject().Count() != 1 || (block.Member("text") is null && block.Member("cachePoint") is null && block.Member("guardContent") is null))
            {
                return BedrockErrors.Invalid("system: each block has exactly one of text, cachePoint, guardContent.");
            }

            if (block.Member("text") is not null && string.IsNullOrWhiteSpace(block.Text("text")))
            {
                return BedrockErrors.Invalid("The text field in the system block is blank. Add text to the text field, and try again.");
            }
        }

        return null;
    }

    private static ScriptedError? Tools(JsonElement body, BedrockModel model)
    {
        if (body.Member("toolConfig") is not { } config)
        {
            return body.Items("messages").SelectMany(message => message.Items("content")).Any(block => block.Member("toolUse") is not null || block.Member("toolResult") is not null)
                ? BedrockErrors.Invalid("The toolConfig field must be defined when using toolUse and toolResult content blocks.")
                : null;
        }

        var names = new HashSet<string>();
        if (!config.Items("tools").Any())
        {
            return BedrockErrors.Invalid("toolConfig.tools must have at least one tool.");
        }

        foreach (var tool in config.Items("tools"))
        {
            if (tool.EnumerateObject().Count() != 1)
            {
                return BedrockErrors.Invalid("toolConfig.tools: each element has exactly one member.");
            }

            if (tool.Member("toolSpec") is { } spec && (Tool(spec, model) ?? (names.Add(spec.Text("name")!) ? null : BedrockErrors.Invalid("toolConfig.tools: names must be unique."))) is { } wrong)
            {
                return wrong;
            }
        }

        return Choice(config, names);
    }

    private static ScriptedError? Tool(JsonElement spec, BedrockModel model) =>
        Unknown(spec, "toolSpec", "name", "description", "inputSchema", "strict")
        ?? (spec.Text("name") is not { } name || !ToolName().IsMatch(name) ? BedrockErrors.Invalid("toolSpec.name: must match [a-zA-Z0-9_-]{1,64}") : null)
        ?? (spec.Member("description") is not null && string.IsNullOrEmpty(spec.Text("description")) ? BedrockErrors.Invalid("toolSpec.description: must not be empty") : null)
        ?? (spec.Member("inputSchema")?.Member("json") is not { } schema || schema.Text("type") != "object" ? BedrockErrors.Invalid("toolSpec.inputSchema.json.type must be object") : null)
        ?? (spec.Member("strict") is not null && !model.TakesSchemas ? BedrockErrors.Invalid("This model doesn't support strict tools.") : null);

    private static ScriptedError? Choice(JsonElement config, HashSet<string> names) => config.Member("toolChoice") is not { } choice ? null
        : choice.EnumerateObject().Count() != 1 || (choice.Member("auto") is null && choice.Member("any") is null && choice.Member("tool") is null)
            ? BedrockErrors.Invalid("toolChoice: exactly one of auto, any, tool.")
        : choice.Member("tool") is { } one && (one.Text("name") is not { } name || !names.Contains(name)) ? BedrockErrors.Invalid("toolChoice.tool.name: no such tool.")
        : null;

    private static ScriptedError? Inference(JsonElement body)
    {
        if (body.Member("inferenceConfig") is not { } config)
        {
            return null;
        }

        return Unknown(config, "inferenceConfig", "maxTokens", "temperature", "topP", "stopSequences")
            ?? (config.Member("maxTokens")?.GetInt64() < 1 ? BedrockErrors.Invalid("inferenceConfig.maxTokens: must be at least 1") : null)
            ?? (config.Member("temperature")?.GetDouble() is < 0 or > 1 ? BedrockErrors.Invalid("inferenceConfig.temperature: must be between 0 and 1") : null)
            ?? (config.Member("topP")?.GetDouble() is < 0 or > 1 ? BedrockErrors.Invalid("inferenceConfig.topP: must be between 0 and 1") : null)
            ?? (config.Items("stopSequences").Any(stop => stop.GetString()!.Length == 0) ? BedrockErrors.Invalid("inferenceConfig.stopSequences: must not be empty") : null);
    }

    /// <summary>What a model does not know is refused by the model.</summary>
    private static ScriptedError? Additional(JsonElement body, BedrockModel model)
    {
        if (body.Member("additionalModelRequestFields") is not { } fields)
        {
            return null;
        }

        var isNova2 = model.Id.StartsWith("amazon.nova-2", StringComparison.Ordinal);
        string[] known = isNova2 ? ["reasoningConfig", "inferenceConfig"]
            : model.Id.StartsWith("openai.", StringComparison.Ordinal) ? ["reasoning_effort"]
            : model.Id.StartsWith("mistral.", StringComparison.Ordinal) ? ["top_k"]
            : model.Claude is not null ? ["top_k", "thinking", "output_config", "anthropic_beta"]
            : [];
        if (Unknown(fields, "additionalModelRequestFields", known) is { } wrong)
        {
            return wrong;
        }

        return fields.Member("reasoningConfig")?.Text("maxReasoningEffort") == "high"
            && body.Member("inferenceConfig") is { } config && config.EnumerateObject().Any(member => member.Name is "maxTokens" or "temperature" or "topP")
            ? BedrockErrors.Invalid("maxTokens, temperature and topP must be unset when maxReasoningEffort is high.")
            : null;
    }

    private static ScriptedError? OutputFormat(JsonElement body, BedrockModel model)
    {
        if (body.Member("outputConfig")?.Member("textFormat") is not { } format)
        {
            return null;
        }

        if (!model.TakesSchemas)
        {
            return BedrockErrors.Invalid("This model doesn't support the outputConfig.textFormat field.");
        }

        try
        {
            return format.Text("type") == "json_schema" && format.Member("structure")?.Member("jsonSchema")?.Text("schema") is { } schema
                && JsonElement.Parse(schema).ValueKind == JsonValueKind.Object
                ? null
                : BedrockErrors.Invalid("outputConfig.textFormat.structure.jsonSchema.schema must be a JSON Schema as a string.");
        }
        catch (JsonException)
        {
            return BedrockErrors.Invalid("outputConfig.textFormat.structure.jsonSchema.schema is no JSON.");
        }
    }

    private static ScriptedError? Tier(JsonElement body) =>
        body.Member("serviceTier") is { } tier && tier.Text("type") is not ("priority" or "default" or "flex" or "reserved") ? BedrockErrors.Invalid("serviceTier.type is unknown.") : null;

    private static ScriptedError? Metadata(JsonElement body) =>
        body.Member("requestMetadata") is { } metadata && (metadata.EnumerateObject().Count() > 16
            || metadata.EnumerateObject().Any(pair => !MetadataText().IsMatch(pair.Name) || !MetadataText().IsMatch(pair.Value.GetString()!)))
            ? BedrockErrors.Invalid("requestMetadata has at most 16 pairs of plain text.")
            : null;

    private static ScriptedError? CachePoints(JsonElement body, BedrockModel model)
    {
        var lists = new List<IEnumerable<JsonElement>> { body.Items("system"), body.Member("toolConfig") is { } config ? config.Items("tools") : [] };
        lists.AddRange(body.Items("messages").Select(message => message.Items("content")));
        var count = 0;
        foreach (var list in lists.Select(items => items.ToArray()))
        {
            count += list.Count(IsCachePoint);
            if (list.Length > 0 && IsCachePoint(list[0]))
            {
                return BedrockErrors.Invalid("A cachePoint must follow what it caches.");
            }

            if (list.Any(item => item.Member("cachePoint") is { } point && (point.Text("type") != "default" || point.Text("ttl") is not (null or "5m" or "1h"))))
            {
                return BedrockErrors.Invalid("cachePoint: type is default, ttl is 5m or 1h.");
            }
        }

        // Nova: instructions and messages only, for five minutes.
        if (model.Claude is null && (lists[1].Any(IsCachePoint) || lists.Any(list => list.Any(item => item.Member("cachePoint")?.Text("ttl") == "1h"))))
        {
            return BedrockErrors.Invalid("This model takes no such cachePoint.");
        }

        return count > 4 ? BedrockErrors.Invalid("At most 4 cachePoints are allowed.")
            : count > 0 && !model.TakesCachePoints ? BedrockErrors.Forbidden("AccessDeniedException", "You invoked an unsupported model or your request did not allow prompt caching.")
            : null;
    }

    private static bool IsCachePoint(JsonElement item) => item.Member("cachePoint") is not null;

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex ToolName();

    [GeneratedRegex(@"^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$")]
    private static partial Regex MetadataText();
}
