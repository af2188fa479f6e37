using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Claude;

/// <summary>A Claude message request into neutral words.</summary>
/// <remarks>Source: Anthropic API reference, Messages, anthropic-version 2023-06-01, read 2026-11.</remarks>
internal sealed class ClaudeRequestDecoder : RequestDecoder
{
    private static readonly FieldNames Names = new()
    {
        Messages = "messages",
        Tools = "tools",
        ToolChoice = "tool_choice",
        ParallelToolCalls = "tool_choice.disable_parallel_tool_use",
        MaxOutputTokens = "max_tokens",
        Temperature = "temperature",
        TopP = "top_p",
        TopK = "top_k",
        StopSequences = "stop_sequences",
        PresencePenalty = "presence_penalty",
        FrequencyPenalty = "frequency_penalty",
        Seed = "seed",
        Candidates = "n",
        TopLogprobs = "top_logprobs",
        OutputFormat = "output_config.format",
        Reasoning = "thinking",
        Verbosity = "verbosity",
        ServiceTier = "service_tier",
        CacheMarks = "cache_control",
    };

    // Only Claude has a word for these, and an answer without them is the same kind of answer.
    private static readonly string[] OnlyTuning = ["context_management", "fallbacks", "speed", "inference_geo", "diagnostics"];

    // Without these the answer would not be what the client works with.
    private static readonly string[] Essential = ["mcp_servers", "container"];

    private ClaudeRequestDecoder()
    {
    }

    public static NeutralRequest? Decode(JsonElement body, out Failure? failure) => new ClaudeRequestDecoder().Run(body, out failure);

    protected override NeutralRequest Read(JsonElement body)
    {
        foreach (var name in Essential)
        {
            if (body.Get(name).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Array) || body.Items(name).Any())
            {
                RefuseUnsupported(name);
            }
        }

        var choice = body.Get("tool_choice");
        return new NeutralRequest
        {
            Names = Names,
            Vendor = Vendors.Claude,
            Model = body.Text("model") ?? "",
            Stream = body.Boolean("stream") ?? false,
            System = ReadSystem(body.Get("system")),
            Turns = [.. body.Items("messages").Select(ReadTurn)],
            Tools = [.. body.Items("tools").Select(ReadTool).OfType<ToolDefinition>()],
            ToolChoice = ReadToolChoice(choice),
            ParallelToolCalls = choice.Boolean("disable_parallel_tool_use") is true ? false : null,
            MaxOutputTokens = body.Integer("max_tokens"),
            Temperature = body.Number("temperature"),
            TopP = body.Number("top_p"),
            TopK = body.Integer("top_k"),
            StopSequences = body.Texts("stop_sequences"),
            OutputFormat = ReadOutputFormat(body.Get("output_config").Get("format")),
            Reasoning = ReadReasoning(body),
            EndUser = body.Get("metadata").Text("user_id"),
            ServiceTier = body.Text("service_tier") == "standard_only" ? "default" : body.Text("service_tier"),
            IncludeUsage = true,
            Untranslatable =
            [
                .. OnlyTuning.Where(name => body.Get(name).ValueKind != JsonValueKind.Undefined),
                .. body.Get("output_config").Get("task_budget").ValueKind == JsonValueKind.Undefined ? (string[])[] : ["output_config.task_budget"],
            ],
        };
    }

    private static List<TextBlock> ReadSystem(JsonElement system) => system.ValueKind switch
    {
        JsonValueKind.String => [new TextBlock(system.GetString()!)],
        JsonValueKind.Array => [.. system.EnumerateArray().Where(block => block.Text("text") is not null).Select(block => new TextBlock(block.Text("text")!) { CacheMinutes = CacheMinutes(block) })],
        _ => [],
    };

    private Turn ReadTurn(JsonElement message, int index)
    {
        var field = $"messages[{index}]";
        var content = message.Get("content");
        IReadOnlyList<Block> blocks = content.ValueKind switch
        {
            JsonValueKind.String => [new TextBlock(content.GetString()!)],
            JsonValueKind.Array => [.. content.EnumerateArray().Select((block, place) => ReadBlock(block, $"{field}.content[{place}]")).OfType<Block>()],
            _ => [],
        };
        return new Turn(
            message.Text("role") switch
            {
                "assistant" => TurnRole.Assistant,
                "system" => TurnRole.System,
                _ => TurnRole.User,
            },
            blocks,
            field);
    }

    private Block? ReadBlock(JsonElement block, string field)
    {
        Block? read = block.Text("type") switch
        {
            "text" => new TextBlock(block.Text("text") ?? ""),
            "image" => ReadMedia(MediaKind.Image, block, field),
            "document" => ReadMedia(MediaKind.Document, block, field),
            "thinking" => new ThinkingBlock(block.Text("thinking") ?? "", block.Text("signature") is { Length: > 0 } signature ? signature : null),
            "redacted_thinking" => new ThinkingBlock("", block.Text("data")) { IsRedacted = true },
            "tool_use" => new ToolCallBlock(block.Text("id") ?? "", block.Text("name") ?? "", block.Object("input") ?? ToolArguments.Parse("")),
            "tool_result" => ReadToolResult(block, field),
            "search_result" => ReadSearchResult(block),
            var type => Opaque(type, field),
        };
        return read is null ? null : read with { CacheMinutes = CacheMinutes(block) };
    }

    private Block? Opaque(string? type, string field)
    {
        Refuse($"{field}.type", $"is '{type}', which only Claude has");
        return null;
    }

    private ToolResultBlock ReadToolResult(JsonElement block, string field)
    {
        var content = block.Get("content");
        return new ToolResultBlock(
            block.Text("tool_use_id") ?? "",
            content.ValueKind switch
            {
                JsonValueKind.String => content.GetString() is { Length: > 0 } text ? [new TextBlock(text)] : [],
                JsonValueKind.Array => [.. content.EnumerateArray().Select((part, place) => ReadBlock(part, $"{field}.content[{place}]")).OfType<Block>()],
                _ => [],
            },
            block.Boolean("is_error") ?? false);
    }

    private static TextBlock ReadSearchResult(JsonElement block) => new(
        $"{block.Text("title")}\n{block.Text("source")}\n{string.Join('\n', block.Items("content").Select(part => part.Text("text")))}");

    private MediaBlock? ReadMedia(MediaKind kind, JsonElement block, string field)
    {
        var source = block.Get("source");
        var media = new MediaBlock(kind) { MediaType = source.Text("media_type"), Name = block.Text("title") };
        switch (source.Text("type"))
        {
            case "base64":
                return media with { Base64 = source.Text("data") };
            case "url":
                return media with { Url = source.Text("url") };
            case "text":
                return media with { Text = source.Text("data") };
            case "content":
                return media with { Text = string.Join('\n', source.Texts("content").Concat(source.Items("content").Select(part => part.Text("text")).OfType<string>())) };
            case "file":
                return media with { FileId = source.Text("file_id") };
            case var type:
                Refuse($"{field}.source.type", $"is '{type}': use base64 or url");
                return null;
        }
    }

    private ToolDefinition? ReadTool(JsonElement tool, int index)
    {
        if (tool.Text("type") is { } type and not "custom")
        {
            Refuse($"tools[{index}].type", $"is '{type}', which runs at Anthropic only");
            return null;
        }

        return new ToolDefinition(tool.Text("name") ?? "", tool.Text("description"), tool.Object("input_schema"), tool.Boolean("strict"))
        {
            CacheMinutes = CacheMinutes(tool),
        };
    }

    private static ToolChoice? ReadToolChoice(JsonElement choice) => choice.Text("type") switch
    {
        "auto" => new ToolChoice(ToolChoiceKind.Auto),
        "any" => new ToolChoice(ToolChoiceKind.Any),
        "tool" => new ToolChoice(ToolChoiceKind.One, choice.Text("name")),
        "none" => new ToolChoice(ToolChoiceKind.None),
        _ => null,
    };

    private static OutputFormat? ReadOutputFormat(JsonElement format) =>
        format.Text("type") == "json_schema" ? new OutputFormat(OutputFormatKind.JsonSchema, format.Object("schema"), "output", Strict: true) : null;

    private Reasoning ReadReasoning(JsonElement body)
    {
        var thinking = body.Get("thinking");
        var effort = ReadEffort(body.Get("output_config").Text("effort"), "output_config.effort");
        var show = thinking.Text("display") != "omitted";
        return thinking.Text("type") switch
        {
            "enabled" => new Reasoning(effort, thinking.Integer("budget_tokens"), show),
            "adaptive" or "between_tools" => new Reasoning(effort, null, show) { IsAdaptive = true },
            "disabled" => new Reasoning(Effort.None, null, false),
            _ => new Reasoning(effort, null, Show: false), // A client that did not ask for thinking expects none.
        };
    }

    private static int? CacheMinutes(JsonElement block) =>
        block.Get("cache_control") is { ValueKind: JsonValueKind.Object } mark ? mark.Text("ttl") == "1h" ? 60 : 5 : null;
}
