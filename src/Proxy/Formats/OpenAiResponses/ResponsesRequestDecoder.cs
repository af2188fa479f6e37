using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>A request for a response into neutral words.</summary>
/// <remarks>Source: OpenAI API reference, Responses, read 2026-11.</remarks>
internal sealed class ResponsesRequestDecoder : RequestDecoder
{
    private static readonly FieldNames Names = new()
    {
        Messages = "input",
        Tools = "tools",
        ToolChoice = "tool_choice",
        ParallelToolCalls = "parallel_tool_calls",
        MaxOutputTokens = "max_output_tokens",
        Temperature = "temperature",
        TopP = "top_p",
        TopK = "top_k",
        StopSequences = "stop",
        PresencePenalty = "presence_penalty",
        FrequencyPenalty = "frequency_penalty",
        Seed = "seed",
        Candidates = "n",
        TopLogprobs = "top_logprobs",
        OutputFormat = "text.format",
        Reasoning = "reasoning.effort",
        Verbosity = "text.verbosity",
        ServiceTier = "service_tier",
        CacheMarks = "cache_control",
    };

    // What only the platform that stores responses can look up: an answer without it would be another conversation's.
    private static readonly string[] Stored = ["previous_response_id", "conversation", "prompt"];

    private readonly List<TextBlock> _system = [];
    private readonly List<Turn> _turns = [];

    private ResponsesRequestDecoder()
    {
    }

    public static NeutralRequest? Decode(JsonElement body, out Failure? failure) => new ResponsesRequestDecoder().Run(body, out failure);

    protected override NeutralRequest Read(JsonElement body)
    {
        foreach (var name in Stored)
        {
            if (body.Get(name).ValueKind != JsonValueKind.Undefined)
            {
                Refuse(name, "names something that is stored at OpenAI, and another platform serves this model: send the whole conversation as input");
            }
        }

        if (body.Boolean("background") is true)
        {
            RefuseUnsupported("background");
        }

        var include = body.Texts("include");
        if (include.Contains("message.output_text.logprobs"))
        {
            RefuseUnsupported("include");
        }

        if (body.Integer("top_logprobs") > 0)
        {
            RefuseUnsupported("top_logprobs");
        }

        ReadInstructions(body.Get("instructions"));
        ReadInput(body.Get("input"));
        var tools = new List<ToolDefinition>();
        ReadTools(body.Items("tools"), "tools", null, tools);
        var text = body.Get("text");
        var reasoning = body.Get("reasoning");
        return new NeutralRequest
        {
            Names = Names,
            Vendor = Vendors.OpenAi,
            Model = body.Text("model") ?? "",
            Stream = body.Boolean("stream") ?? false,
            System = _system,
            Turns = _turns,
            Tools = tools,
            ToolChoice = ReadToolChoice(body.Get("tool_choice")),
            ParallelToolCalls = body.Boolean("parallel_tool_calls"),
            MaxOutputTokens = body.Integer("max_output_tokens"),
            Temperature = body.Number("temperature"),
            TopP = body.Number("top_p"),
            OutputFormat = ReadOutputFormat(text.Get("format")),
            Reasoning = new Reasoning(ReadEffort(reasoning.Text("effort"), "reasoning.effort"), null, Show: reasoning.Text("summary") is not (null or "none"))
            {
                WantsSignature = include.Contains("reasoning.encrypted_content"),
            },
            Verbosity = text.Text("verbosity"),
            EndUser = body.Text("safety_identifier") ?? body.Text("user"),
            CacheKey = body.Text("prompt_cache_key"),
            ServiceTier = body.Text("service_tier"),
            Metadata = body.TextMembers("metadata"),
            IncludeUsage = true,
            Untranslatable = [.. Untranslatable(body)],
            Source = body,
        };
    }

    private static IEnumerable<string> Untranslatable(JsonElement body)
    {
        if (body.Get("max_tool_calls").ValueKind != JsonValueKind.Undefined)
        {
            yield return "max_tool_calls";
        }

        if (body.Text("truncation") == "auto")
        {
            yield return "truncation";
        }

        if (body.Get("context_management").ValueKind != JsonValueKind.Undefined)
        {
            yield return "context_management";
        }
    }

    private void ReadInstructions(JsonElement instructions)
    {
        if (instructions.ValueKind == JsonValueKind.String)
        {
            _system.Add(new TextBlock(instructions.GetString()!));
            return;
        }

        if (instructions.ValueKind == JsonValueKind.Array)
        {
            ReadItems(instructions, "instructions");
        }
    }

    private void ReadInput(JsonElement input)
    {
        if (input.ValueKind == JsonValueKind.String)
        {
            _turns.Add(new Turn(TurnRole.User, [new TextBlock(input.GetString()!)], "input"));
            return;
        }

        if (input.ValueKind == JsonValueKind.Array)
        {
            ReadItems(input, "input");
        }
    }

    private void ReadItems(JsonElement items, string name)
    {
        var index = 0;
        foreach (var item in items.EnumerateArray())
        {
            ReadItem(item, $"{name}[{index}]", index++);
        }
    }

    private void ReadItem(JsonElement item, string field, int index)
    {
        switch (item.Text("type"))
        {
            case "message":
            case null when item.Text("role") is not null: // Clients leave out the type of messages.
                ReadMessage(item, field);
                break;
            case "function_call":
            case "custom_tool_call":
                _turns.Add(new Turn(TurnRole.Assistant, [ReadCall(item, index)], field));
                break;
            case "function_call_output":
            case "custom_tool_call_output":
                _turns.Add(new Turn(TurnRole.User, [new ToolResultBlock(item.Text("call_id") ?? "", ReadContent(item.Get("output"), $"{field}.output"), IsError: false)], field));
                break;
            case "reasoning":
                _turns.Add(new Turn(TurnRole.Assistant, [ReadReasoning(item)], field));
                break;
            case "item_reference":
                Refuse($"{field}.type", "is 'item_reference', which names something that is stored at OpenAI: send the item itself");
                break;
            case var type:
                Refuse($"{field}.type", $"is '{type}', which the platform that serves this model does not have");
                break;
        }
    }

    private void ReadMessage(JsonElement item, string field)
    {
        var blocks = ReadContent(item.Get("content"), $"{field}.content");
        switch (item.Text("role"))
        {
            case "system" or "developer" when _turns.Count == 0:
                _system.AddRange(blocks.OfType<TextBlock>());
                break;
            case "system" or "developer":
                _turns.Add(new Turn(TurnRole.System, [.. blocks.OfType<TextBlock>()], field));
                break;
            case "assistant":
                _turns.Add(new Turn(TurnRole.Assistant, blocks, field));
                break;
            default:
                _turns.Add(new Turn(TurnRole.User, blocks, field));
                break;
        }
    }

    private static ToolCallBlock ReadCall(JsonElement item, int index)
    {
        var name = ResponsesTools.FullName(item.Text("namespace"), item.Text("name") ?? "");
        var arguments = item.Text("type") == "custom_tool_call"
            ? ToolArguments.WrapInput(item.Text("input") ?? "")
            : item.Object("arguments") ?? ToolArguments.Parse(item.Text("arguments") ?? "");
        var id = item.Text("call_id") is { Length: > 0 } given ? given : NeutralId.OfCall(index, 0, name, ToolArguments.Text(arguments));
        return new ToolCallBlock(id, name, arguments);
    }

    /// <summary>Summary and content are what may be shown; without encrypted content nobody accepts it again.</summary>
    private static ThinkingBlock ReadReasoning(JsonElement item)
    {
        var text = string.Join("\n\n", item.Items("summary").Concat(item.Items("content")).Select(part => part.Text("text")).OfType<string>());
        return CarriedThinking.Read(text, item.Text("encrypted_content"));
    }

    private List<Block> ReadContent(JsonElement content, string field) => content.ValueKind switch
    {
        JsonValueKind.String => content.GetString() is { Length: > 0 } text ? [new TextBlock(text)] : [],
        JsonValueKind.Array => [.. content.EnumerateArray().Select((part, place) => ReadPart(part, $"{field}[{place}]")).OfType<Block>()],
        _ => [],
    };

    private Block? ReadPart(JsonElement part, string field)
    {
        switch (part.Text("type"))
        {
            case "input_text" or "output_text" or "text" or "summary_text":
                return new TextBlock(part.Text("text") ?? "");
            case "refusal":
                return new RefusalBlock(part.Text("refusal") ?? "");
            case "input_image":
                var image = new MediaBlock(MediaKind.Image) { Detail = part.Text("detail"), FileId = part.Text("file_id") };
                return (part.Text("image_url") ?? part.Get("image_url").Text("url")) is { } url ? FromUrl(image, url, $"{field}.image_url") : image;
            case "input_file":
                var file = new MediaBlock(MediaKind.Document) { Name = part.Text("filename"), FileId = part.Text("file_id") };
                return part.Text("file_data") is { } data ? FromUrl(file, data, $"{field}.file_data")
                    : part.Text("file_url") is { } address ? FromUrl(file, address, $"{field}.file_url")
                    : file;
            case "input_audio":
                var audio = part.Get("input_audio");
                return new MediaBlock(MediaKind.Audio) { Base64 = audio.Text("data"), MediaType = $"audio/{audio.Text("format")}" };
            case var type:
                Refuse($"{field}.type", $"is '{type}': input_text, output_text, refusal, input_image, input_file and input_audio are known");
                return null;
        }
    }

    private void ReadTools(IEnumerable<JsonElement> items, string field, string? space, List<ToolDefinition> tools)
    {
        var index = 0;
        foreach (var tool in items)
        {
            var name = ResponsesTools.FullName(space, tool.Text("name") ?? "");
            switch (tool.Text("type"))
            {
                case "function":
                    tools.Add(new ToolDefinition(name, tool.Text("description"), tool.Object("parameters"), tool.Boolean("strict")) { Namespace = space });
                    break;
                case "custom":
                    tools.Add(new ToolDefinition(name, tool.Text("description"), null, null) { IsCustom = true, Namespace = space });
                    break;
                case "namespace" when space is null:
                    ReadTools(tool.Items("tools"), $"{field}[{index}].tools", tool.Text("name"), tools);
                    break;
                case var type:
                    Refuse($"{field}[{index}].type", $"is '{type}', which the platform that serves this model does not have");
                    break;
            }

            index++;
        }
    }

    private static ToolChoice? ReadToolChoice(JsonElement choice)
    {
        if (choice.ValueKind == JsonValueKind.String)
        {
            return choice.GetString() switch
            {
                "none" => new ToolChoice(ToolChoiceKind.None),
                "required" => new ToolChoice(ToolChoiceKind.Any),
                _ => new ToolChoice(ToolChoiceKind.Auto),
            };
        }

        return choice.Text("type") switch
        {
            "function" or "custom" => new ToolChoice(ToolChoiceKind.One, NameOf(choice)),
            "allowed_tools" => new ToolChoice(choice.Text("mode") == "required" ? ToolChoiceKind.Any : ToolChoiceKind.Auto) { Only = [.. choice.Items("tools").Select(NameOf)] },
            _ => null,
        };
    }

    private static string NameOf(JsonElement tool) => ResponsesTools.FullName(tool.Text("namespace"), tool.Text("name") ?? "");

    private static OutputFormat? ReadOutputFormat(JsonElement format) => format.Text("type") switch
    {
        "json_object" => new OutputFormat(OutputFormatKind.JsonObject),
        "json_schema" => new OutputFormat(OutputFormatKind.JsonSchema, format.Object("schema"), format.Text("name"), format.Text("description"), format.Boolean("strict")),
        _ => null,
    };
}
