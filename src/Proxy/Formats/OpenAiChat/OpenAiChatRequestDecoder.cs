using System.Text.Json;
using Gateway.Proxy.Formats.OpenAi;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiChat;

/// <summary>A chat completion request into neutral words.</summary>
/// <remarks>Source: OpenAI API reference, Chat Completions, read 2026-11; the extensions that compatible clients use are named where they are read.</remarks>
internal sealed class OpenAiChatRequestDecoder : OpenAiRequestDecoder
{
    private static readonly FieldNames Names = OpenAiFields.Names(
        messages: "messages",
        maxOutputTokens: "max_completion_tokens",
        topLogprobs: "logprobs",
        outputFormat: "response_format",
        reasoning: "reasoning_effort",
        verbosity: "verbosity");

    private readonly Dictionary<string, string> _functionCalls = new(StringComparer.Ordinal);

    private OpenAiChatRequestDecoder()
    {
    }

    public static NeutralRequest? Decode(JsonElement body, out Failure? failure) => new OpenAiChatRequestDecoder().Run(body, out failure);

    protected override NeutralRequest Read(JsonElement body)
    {
        if (body.Texts("modalities").Contains("audio") || body.Get("audio").ValueKind == JsonValueKind.Object)
        {
            RefuseUnsupported("audio");
        }

        if (body.Object("web_search_options") is not null)
        {
            RefuseUnsupported("web_search_options");
        }

        var index = 0;
        foreach (var message in body.Items("messages"))
        {
            ReadMessage(message, $"messages[{index}]", index++);
        }

        var isLegacy = body.Items("functions").Any();
        IReadOnlyList<ToolDefinition> tools = isLegacy
            ? [.. body.Items("functions").Select(ReadFunction)]
            : [.. body.Items("tools").Select(ReadTool).OfType<ToolDefinition>()];
        return ReadCommon(body, Names) with
        {
            Tools = tools,
            HasLegacyFunctions = isLegacy,
            ToolChoice = isLegacy ? ReadFunctionCall(body.Get("function_call")) : ReadToolChoice(body.Get("tool_choice")),
            ParallelToolCalls = isLegacy ? false : body.Boolean("parallel_tool_calls"),
            MaxOutputTokens = body.Integer("max_completion_tokens") ?? body.Integer("max_tokens"),
            TopK = body.Integer("top_k"), // extension
            PresencePenalty = body.Number("presence_penalty"),
            FrequencyPenalty = body.Number("frequency_penalty"),
            Seed = body.Integer("seed"),
            StopSequences = body.Texts("stop"),
            Candidates = body.Integer("n") ?? 1,
            TopLogprobs = body.Boolean("logprobs") is true ? body.Integer("top_logprobs") ?? 0 : null,
            OutputFormat = ReadOutputFormat(body.Get("response_format")),
            Reasoning = ReadReasoning(body),
            Verbosity = body.Text("verbosity"),
            IncludeUsage = body.Get("stream_options").Boolean("include_usage") ?? false,
            Untranslatable = [.. Untranslatable(body)],
        };
    }

    private static IEnumerable<string> Untranslatable(JsonElement body)
    {
        if (body.Object("logit_bias") is { } bias && bias.EnumerateObject().Any())
        {
            yield return "logit_bias";
        }

        if (body.Object("prediction") is not null)
        {
            yield return "prediction";
        }

        // A name of a function's result is what joins it to its call.
        if (body.Items("messages").Any(message => message.Text("role") is not ("function" or "tool") && message.Text("name") is not null))
        {
            yield return "messages.name";
        }

        if (body.Get("moderation").ValueKind != JsonValueKind.Undefined)
        {
            yield return "moderation";
        }
    }

    private void ReadMessage(JsonElement message, string field, int index)
    {
        switch (message.Text("role"))
        {
            case "system" or "developer":
                AddInstructions(ReadParts(message.Get("content"), field), field);
                break;
            case "assistant":
                Turns.Add(new Turn(TurnRole.Assistant, ReadAssistant(message, field, index), field));
                break;
            case "tool":
                Turns.Add(new Turn(TurnRole.User, [new ToolResultBlock(message.Text("tool_call_id") ?? "", ReadParts(message.Get("content"), field), IsError: false)], field));
                break;
            case "function":
                var name = message.Text("name") ?? "";
                Turns.Add(new Turn(TurnRole.User, [new ToolResultBlock(_functionCalls.GetValueOrDefault(name, name), ReadParts(message.Get("content"), field), IsError: false)], field));
                break;
            case "user":
                Turns.Add(new Turn(TurnRole.User, ReadParts(message.Get("content"), field), field));
                break;
            default:
                Refuse($"{field}.role", "must be one of system, developer, user, assistant, tool and function");
                break;
        }
    }

    private List<Block> ReadAssistant(JsonElement message, string field, int index)
    {
        if (message.Get("audio").ValueKind == JsonValueKind.Object)
        {
            RefuseUnsupported($"{field}.audio");
        }

        var blocks = new List<Block>();
        blocks.AddRange(message.Items("thinking_blocks").Select(ReadThinking)); // extension
        blocks.AddRange(ReadParts(message.Get("content"), field));
        if (message.Text("refusal") is { Length: > 0 } refusal)
        {
            blocks.Add(new RefusalBlock(refusal));
        }

        var place = 0;
        foreach (var call in message.Items("tool_calls"))
        {
            blocks.Add(ReadCall(call, index, place++));
        }

        if (message.Object("function_call") is { } legacy)
        {
            var name = legacy.Text("name") ?? "";
            var id = NeutralId.OfCall(index, 0, name, legacy.Text("arguments") ?? "");
            _functionCalls[name] = id;
            blocks.Add(new ToolCallBlock(id, name, ToolArguments.Parse(legacy.Text("arguments") ?? "")));
        }

        return blocks;
    }

    private static ThinkingBlock ReadThinking(JsonElement block) => block.Text("type") == "redacted_thinking"
        ? new ThinkingBlock("", block.Text("data")) { IsRedacted = true }
        : new ThinkingBlock(block.Text("thinking") ?? "", block.Text("signature"));

    private static ToolCallBlock ReadCall(JsonElement call, int turn, int place)
    {
        var isCustom = call.Text("type") == "custom";
        var function = call.Get(isCustom ? "custom" : "function");
        var name = function.Text("name") ?? "";
        var arguments = function.Get(isCustom ? "input" : "arguments");
        var parsed = isCustom
            ? ToolArguments.WrapInput(function.Text("input"))
            : arguments.ValueKind == JsonValueKind.Object ? arguments : ToolArguments.Parse(function.Text("arguments") ?? "");
        var id = call.Text("id") is { Length: > 0 } given ? given : NeutralId.OfCall(turn, place, name, ToolArguments.Text(parsed));
        return new ToolCallBlock(id, name, parsed)
        {
            Signature = call.Get("extra_content").Get("google").Text("thought_signature"), // Google's extension
        };
    }

    private List<Block> ReadParts(JsonElement content, string field) => content.ValueKind switch
    {
        JsonValueKind.String => [new TextBlock(content.GetString()!)],
        JsonValueKind.Array => [.. content.EnumerateArray().Select((part, place) => ReadPart(part, $"{field}.content[{place}]")).OfType<Block>()],
        _ => [],
    };

    private Block? ReadPart(JsonElement part, string field)
    {
        Block? block = part.Text("type") switch
        {
            "text" => new TextBlock(part.Text("text") ?? ""),
            "refusal" => new RefusalBlock(part.Text("refusal") ?? ""),
            "image_url" => ReadImage(part.Get("image_url"), field),
            "input_audio" => ReadAudio(part.Get("input_audio")),
            "file" => ReadFile(part.Get("file"), field),
            var type => Unknown(type, field),
        };
        return part.Get("cache_control") is { ValueKind: JsonValueKind.Object } mark && block is not null // extension
            ? block with { CacheMinutes = mark.Text("ttl") == "1h" ? 60 : 5 }
            : block;
    }

    private Block? Unknown(string? type, string field)
    {
        Refuse($"{field}.type", $"is '{type}': text, image_url, input_audio and file are known");
        return null;
    }

    private MediaBlock? ReadImage(JsonElement image, string field)
    {
        var url = image.Text("url") ?? "";
        var media = new MediaBlock(MediaKind.Image) { Detail = image.Text("detail") };
        return FromUrl(media, url, $"{field}.image_url");
    }

    private MediaBlock? ReadFile(JsonElement file, string field)
    {
        var media = new MediaBlock(MediaKind.Document) { Name = file.Text("filename"), FileId = file.Text("file_id") };
        return file.Text("file_data") is { } data ? FromUrl(media, data, $"{field}.file.file_data") : media;
    }

    private ToolDefinition? ReadTool(JsonElement tool, int index)
    {
        switch (tool.Text("type"))
        {
            case "function":
                return ReadFunction(tool.Get("function")) with { CacheMinutes = tool.Object("cache_control") is null ? null : 5 };
            case "custom":
                var custom = tool.Get("custom");
                return new ToolDefinition(custom.Text("name") ?? "", custom.Text("description"), null, null) { IsCustom = true };
            case var type:
                Refuse($"tools[{index}].type", $"is '{type}', which the platform that serves this model does not have");
                return null;
        }
    }

    private static ToolDefinition ReadFunction(JsonElement function) =>
        new(function.Text("name") ?? "", function.Text("description"), function.Object("parameters"), function.Boolean("strict"));

    private static ToolChoice? ReadFunctionCall(JsonElement choice) => choice.ValueKind switch
    {
        JsonValueKind.String when choice.GetString() == "none" => new ToolChoice(ToolChoiceKind.None),
        JsonValueKind.Object => new ToolChoice(ToolChoiceKind.One, choice.Text("name")),
        _ => null,
    };

    private static ToolChoice? ReadToolChoice(JsonElement choice)
    {
        if (choice.ValueKind == JsonValueKind.String)
        {
            return ReadToolMode(choice.GetString());
        }

        switch (choice.Text("type"))
        {
            case "function":
                return new ToolChoice(ToolChoiceKind.One, choice.Get("function").Text("name"));
            case "custom":
                return new ToolChoice(ToolChoiceKind.One, choice.Get("custom").Text("name"));
            case "allowed_tools":
                var allowed = choice.Get("allowed_tools");
                return ReadAllowedTools(
                    allowed.Text("mode"),
                    [.. allowed.Items("tools").Select(tool => tool.Get("function").Text("name") ?? tool.Get("custom").Text("name")).OfType<string>()]);
            default:
                return null;
        }
    }

    private static OutputFormat? ReadOutputFormat(JsonElement format)
    {
        var schema = format.Get("json_schema");
        return format.Text("type") switch
        {
            "json_object" => new OutputFormat(OutputFormatKind.JsonObject),
            "json_schema" => new OutputFormat(OutputFormatKind.JsonSchema, schema.Object("schema"), schema.Text("name"), schema.Text("description"), schema.Boolean("strict")),
            _ => null,
        };
    }

    private Reasoning ReadReasoning(JsonElement body)
    {
        var thinking = body.Get("thinking"); // extension: Claude's object
        return thinking.Text("type") == "enabled" && thinking.Integer("budget_tokens") is { } budget
            ? new Reasoning(null, budget, true)
            : new Reasoning(ReadEffort(body.Text("reasoning_effort"), Names.Reasoning), null, null);
    }
}
