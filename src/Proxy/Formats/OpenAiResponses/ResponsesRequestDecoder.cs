using System.Text.Json;
using Gateway.Proxy.Formats.OpenAi;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>A request for a response into neutral words.</summary>
/// <remarks>Source: OpenAI API reference, Responses, read 2026-11.</remarks>
internal sealed class ResponsesRequestDecoder : OpenAiRequestDecoder
{
    private static readonly FieldNames Names = OpenAiFields.Names(
        messages: "input",
        maxOutputTokens: "max_output_tokens",
        topLogprobs: "top_logprobs",
        outputFormat: "text.format",
        reasoning: "reasoning.effort",
        verbosity: "text.verbosity");

    // What only the platform that stores responses can look up: an answer without it would be another conversation's.
    private static readonly string[] Stored = ["previous_response_id", "conversation", "prompt"];

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
        return ReadCommon(body, Names) with
        {
            Tools = tools,
            ToolChoice = ReadToolChoice(body.Get("tool_choice")),
            ParallelToolCalls = body.Boolean("parallel_tool_calls"),
            MaxOutputTokens = body.Integer("max_output_tokens"),
            OutputFormat = ReadOutputFormat(text.Get("format")),
            Reasoning = new Reasoning(ReadEffort(reasoning.Text("effort"), "reasoning.effort"), null, Show: reasoning.Text("summary") is not (null or "none"))
            {
                WantsSignature = include.Contains("reasoning.encrypted_content"),
            },
            Verbosity = text.Text("verbosity"),
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
            AddInstructions([new TextBlock(instructions.GetString()!)], "instructions");
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
            Turns.Add(new Turn(TurnRole.User, [new TextBlock(input.GetString()!)], "input"));
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
                Turns.Add(new Turn(TurnRole.Assistant, [ReadCall(item, index)], field));
                break;
            case "function_call_output":
            case "custom_tool_call_output":
                Turns.Add(new Turn(TurnRole.User, [new ToolResultBlock(item.Text("call_id") ?? "", ReadContent(item.Get("output"), $"{field}.output"), IsError: false)], field));
                break;
            case "reasoning":
                Turns.Add(new Turn(TurnRole.Assistant, [ReadReasoning(item)], field));
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
            case "system" or "developer":
                AddInstructions(blocks, field);
                break;
            case "assistant":
                Turns.Add(new Turn(TurnRole.Assistant, blocks, field));
                break;
            default:
                Turns.Add(new Turn(TurnRole.User, blocks, field));
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
                return ReadAudio(part.Get("input_audio"));
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
            return ReadToolMode(choice.GetString());
        }

        return choice.Text("type") switch
        {
            "function" or "custom" => new ToolChoice(ToolChoiceKind.One, NameOf(choice)),
            "allowed_tools" => ReadAllowedTools(choice.Text("mode"), [.. choice.Items("tools").Select(NameOf)]),
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
