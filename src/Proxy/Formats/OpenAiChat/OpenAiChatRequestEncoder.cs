using System.Text.Json;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats.OpenAiChat;

/// <summary>A neutral request as OpenAI's chat completions take it, and the servers that are compatible with them.</summary>
/// <remarks>Source: OpenAI API reference, Chat Completions, read 2026-11.</remarks>
internal sealed class OpenAiChatRequestEncoder(NeutralRequest request, RequestTarget target) : RequestEncoder(request, target)
{
    private const int MostToolName = 64;
    private const int MostStopSequences = 4;
    private const int MostCallId = 64;

    private ModelCapabilities Capabilities => Target.Capabilities;

    protected override void Write(Utf8JsonWriter writer)
    {
        if (Request.TopLogprobs is not null && !Capabilities.Logprobs)
        {
            Target.RefuseUnsupported(Request.Names.TopLogprobs);
        }

        DropIf(Request.TopK is not null, Request.Names.TopK);
        var turns = Conversation.Arrange(Request, new ConversationRules { SystemAnywhere = true }, Target);
        writer.WriteStartObject();
        writer.WriteString("model"u8, Target.Model);
        if (Request.Candidates > 1)
        {
            writer.WriteNumber("n"u8, Request.Candidates);
        }

        writer.WriteStartArray("messages"u8);
        WriteInstructions(writer, Request.System);
        foreach (var turn in turns)
        {
            WriteTurn(writer, turn);
        }

        writer.WriteEndArray();
        if (OutputLimit() is { } limit)
        {
            writer.WriteNumber(Capabilities.Reasons ? "max_completion_tokens"u8 : "max_tokens"u8, limit);
        }

        WriteTools(writer);
        WriteSampling(writer);
        WriteOutputFormat(writer);
        WriteReasoning(writer);
        if (Request.Verbosity is { } verbosity)
        {
            writer.WriteString("verbosity"u8, verbosity);
        }

        if (Request.TopLogprobs is { } logprobs)
        {
            writer.WriteBoolean("logprobs"u8, true);
            writer.WriteNumber("top_logprobs"u8, logprobs);
        }

        if (Request.EndUser is { } user)
        {
            writer.WriteString("safety_identifier"u8, Request.Vendor == Vendors.OpenAi ? user : Target.EndUser(user));
        }

        if (Request.CacheKey is { } cacheKey)
        {
            writer.WriteString("prompt_cache_key"u8, cacheKey);
        }

        if (Request.ServiceTier is { } tier)
        {
            writer.WriteString("service_tier"u8, tier);
        }

        if (Request.Stream)
        {
            writer.WriteBoolean("stream"u8, true);
            writer.WriteStartObject("stream_options"u8);
            writer.WriteBoolean("include_usage"u8, true);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private void WriteInstructions(Utf8JsonWriter writer, IEnumerable<Block> blocks)
    {
        var texts = blocks.OfType<TextBlock>().Where(block => !block.IsBlank).ToList();
        if (texts.Count == 0)
        {
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("role"u8, Capabilities.Reasons ? "developer"u8 : "system"u8);
        WriteContent(writer, texts, "");
        writer.WriteEndObject();
    }

    private void WriteTurn(Utf8JsonWriter writer, Turn turn)
    {
        switch (turn.Role)
        {
            case TurnRole.System:
                WriteInstructions(writer, turn.Blocks);
                break;
            case TurnRole.Assistant:
                WriteAssistant(writer, turn);
                break;
            default:
                WriteUser(writer, turn);
                break;
        }
    }

    private void WriteAssistant(Utf8JsonWriter writer, Turn turn)
    {
        var texts = turn.Blocks.OfType<TextBlock>().ToList();
        var calls = turn.Blocks.OfType<ToolCallBlock>().ToList();
        var refusals = turn.Blocks.OfType<RefusalBlock>().ToList();
        if (texts.Count == 0 && calls.Count == 0 && refusals.Count == 0)
        {
            return; // Nothing but reasoning that only its maker accepts.
        }

        writer.WriteStartObject();
        writer.WriteString("role"u8, "assistant"u8);
        if (texts.Count > 0)
        {
            WriteContent(writer, texts, turn.Field);
        }
        else if (calls.Count > 0)
        {
            writer.WriteNull("content"u8);
        }
        else
        {
            writer.WriteString("content"u8, ""u8);
        }

        if (refusals.Count > 0)
        {
            writer.WriteString("refusal"u8, string.Concat(refusals.Select(refusal => refusal.Text)));
        }

        if (calls.Count > 0)
        {
            writer.WriteStartArray("tool_calls"u8);
            foreach (var call in calls)
            {
                writer.WriteStartObject();
                writer.WriteString("id"u8, CallId(call.Id));
                writer.WriteString("type"u8, "function"u8);
                writer.WriteStartObject("function"u8);
                writer.WriteString("name"u8, ToolName(call.Name));
                writer.WriteString("arguments"u8, ToolArguments.Text(call.Arguments));
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <summary>All results stand directly behind the calls; images cannot be among them, so a user's message brings these after all results.</summary>
    private void WriteUser(Utf8JsonWriter writer, Turn turn)
    {
        var behind = new List<Block>();
        foreach (var result in turn.Blocks.OfType<ToolResultBlock>())
        {
            writer.WriteStartObject();
            writer.WriteString("role"u8, "tool"u8);
            writer.WriteString("tool_call_id"u8, CallId(result.CallId));
            writer.WriteString("content"u8, ResultText(result, behind));
            writer.WriteEndObject();
        }

        behind.AddRange(turn.Blocks.Where(block => block is not ToolResultBlock));
        if (behind.Count > 0)
        {
            writer.WriteStartObject();
            writer.WriteString("role"u8, "user"u8);
            WriteContent(writer, behind, turn.Field);
            writer.WriteEndObject();
        }
    }

    private static string ResultText(ToolResultBlock result, List<Block> behind)
    {
        var texts = new List<string>();
        var number = 0;
        foreach (var block in result.Content)
        {
            switch (block)
            {
                case TextBlock text:
                    texts.Add(text.Text);
                    break;
                case MediaBlock media:
                    texts.Add($"[{(media.Kind == MediaKind.Image ? "image" : "document")} {++number} of tool result {result.CallId}]");
                    behind.Add(media);
                    break;
                default:
                    break;
            }
        }

        return string.Join('\n', texts);
    }

    private void WriteContent(Utf8JsonWriter writer, IReadOnlyList<Block> blocks, string field)
    {
        if (blocks is [TextBlock only])
        {
            writer.WriteString("content"u8, only.Text);
            return;
        }

        writer.WriteStartArray("content"u8);
        foreach (var block in blocks)
        {
            WritePart(writer, block, field);
        }

        writer.WriteEndArray();
    }

    private void WritePart(Utf8JsonWriter writer, Block block, string field)
    {
        switch (block)
        {
            case TextBlock text:
                WriteText(writer, text.Text);
                break;
            case RefusalBlock refusal:
                WriteText(writer, refusal.Text);
                break;
            case MediaBlock { FileId: { } file, Kind: MediaKind.Document } when Request.Vendor == Vendors.OpenAi:
                writer.WriteStartObject();
                writer.WriteString("type"u8, "file"u8);
                writer.WriteStartObject("file"u8);
                writer.WriteString("file_id"u8, file);
                writer.WriteEndObject();
                writer.WriteEndObject();
                break;
            case MediaBlock { FileId: not null }:
                Target.Refuse(field, "names a file by the id of another platform: send its bytes or its address");
                break;
            case MediaBlock { Text: { } text } document:
                WriteText(writer, document.Name is { } title ? $"{title}\n{text}" : text);
                break;
            case MediaBlock { Kind: MediaKind.Image } image:
                WriteImage(writer, image, field);
                break;
            case MediaBlock { Kind: MediaKind.Document, Base64: { } data } document:
                writer.WriteStartObject();
                writer.WriteString("type"u8, "file"u8);
                writer.WriteStartObject("file"u8);
                writer.WriteString("filename"u8, document.Name ?? "document.pdf");
                writer.WriteString("file_data"u8, $"data:{Media.TypeOf(document)};base64,{data}");
                writer.WriteEndObject();
                writer.WriteEndObject();
                break;
            case MediaBlock { Kind: MediaKind.Audio, Base64: { } sound } audio:
                writer.WriteStartObject();
                writer.WriteString("type"u8, "input_audio"u8);
                writer.WriteStartObject("input_audio"u8);
                writer.WriteString("data"u8, sound);
                writer.WriteString("format"u8, audio.MediaType?.Split('/')[^1] ?? "wav");
                writer.WriteEndObject();
                writer.WriteEndObject();
                break;
            case MediaBlock media:
                Target.Refuse(field, $"holds {Media.Name(media.Kind)} in a form that the platform does not take");
                break;
            default:
                break;
        }
    }

    private void WriteImage(Utf8JsonWriter writer, MediaBlock image, string field)
    {
        var type = Media.TypeOf(image);
        if (image.Url is null && !Media.IsCommonImage(type))
        {
            Target.Refuse(field, $"holds an image of the type '{type}', which the platform does not take");
        }

        writer.WriteStartObject();
        writer.WriteString("type"u8, "image_url"u8);
        writer.WriteStartObject("image_url"u8);
        writer.WriteString("url"u8, image.Url ?? $"data:{type};base64,{image.Base64}");
        if (image.Detail is { } detail)
        {
            writer.WriteString("detail"u8, detail);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
    }

    private void WriteTools(Utf8JsonWriter writer)
    {
        if (Request.Tools.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("tools"u8);
        foreach (var tool in Request.Tools)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "function"u8);
            writer.WriteStartObject("function"u8);
            writer.WriteString("name"u8, ToolName(tool.Name));
            if (!string.IsNullOrEmpty(tool.Description))
            {
                writer.WriteString("description"u8, tool.Description);
            }

            writer.WritePropertyName("parameters"u8);
            JsonSchemas.WriteToolSchema(writer, tool);
            if (tool.Strict is { } strict)
            {
                writer.WriteBoolean("strict"u8, strict);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteToolChoice(writer);
        if (Request.ParallelToolCalls is { } parallel)
        {
            writer.WriteBoolean("parallel_tool_calls"u8, parallel);
        }
    }

    private void WriteToolChoice(Utf8JsonWriter writer)
    {
        if (Request.ToolChoice is not { } choice)
        {
            return;
        }

        if (choice.Only is { } only)
        {
            writer.WriteStartObject("tool_choice"u8);
            writer.WriteString("type"u8, "allowed_tools"u8);
            writer.WriteStartObject("allowed_tools"u8);
            writer.WriteString("mode"u8, choice.Kind == ToolChoiceKind.Any ? "required"u8 : "auto"u8);
            writer.WriteStartArray("tools"u8);
            foreach (var name in only)
            {
                WriteFunctionName(writer, name);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        else if (choice is { Kind: ToolChoiceKind.One, Name: { } name })
        {
            writer.WritePropertyName("tool_choice"u8);
            WriteFunctionName(writer, name);
        }
        else
        {
            writer.WriteString("tool_choice"u8, choice.Kind switch
            {
                ToolChoiceKind.Any => "required"u8,
                ToolChoiceKind.None => "none"u8,
                _ => "auto"u8,
            });
        }
    }

    private void WriteFunctionName(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "function"u8);
        writer.WriteStartObject("function"u8);
        writer.WriteString("name"u8, ToolName(name));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteSampling(Utf8JsonWriter writer)
    {
        var isThinking = Capabilities.Reasons && Request.Reasoning.Effort != Effort.None;
        if (isThinking || Capabilities.Sampling == Sampling.None)
        {
            DropIf(Request.Temperature is not (null or 1), Request.Names.Temperature);
            DropIf(Request.TopP is not (null or 1), Request.Names.TopP);
            DropIf(Request.PresencePenalty is not (null or 0), Request.Names.PresencePenalty);
            DropIf(Request.FrequencyPenalty is not (null or 0), Request.Names.FrequencyPenalty);
        }
        else
        {
            WriteNumber(writer, "temperature", Request.Temperature);
            WriteNumber(writer, "top_p", Request.TopP);
            WriteNumber(writer, "presence_penalty", Request.PresencePenalty);
            WriteNumber(writer, "frequency_penalty", Request.FrequencyPenalty);
        }

        if (Request.Seed is { } seed)
        {
            writer.WriteNumber("seed"u8, seed);
        }

        var stops = StopSequences(MostStopSequences, takesBlank: true);
        if (stops.Count > 0)
        {
            writer.WriteStartArray("stop"u8);
            foreach (var stop in stops)
            {
                writer.WriteStringValue(stop);
            }

            writer.WriteEndArray();
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private void WriteOutputFormat(Utf8JsonWriter writer)
    {
        if (Request.OutputFormat is not { } format)
        {
            return;
        }

        writer.WriteStartObject("response_format"u8);
        if (format is { Kind: OutputFormatKind.JsonSchema, Schema: { } schema })
        {
            writer.WriteString("type"u8, "json_schema"u8);
            writer.WriteStartObject("json_schema"u8);
            writer.WriteString("name"u8, format.Name ?? "output");
            if (format.Description is { } description)
            {
                writer.WriteString("description"u8, description);
            }

            writer.WritePropertyName("schema"u8);
            schema.WriteTo(writer);
            if (format.Strict is { } strict)
            {
                writer.WriteBoolean("strict"u8, strict);
            }

            writer.WriteEndObject();
        }
        else
        {
            writer.WriteString("type"u8, "json_object"u8);
        }

        writer.WriteEndObject();
    }

    private void WriteReasoning(Utf8JsonWriter writer)
    {
        var wanted = Request.Reasoning.Effort ?? (Request.Reasoning.BudgetTokens is { } budget ? Efforts.OfBudget(budget) : null);
        if (wanted is not { } effort || !Capabilities.Reasons)
        {
            return; // A model that does not reason gives the same answer whatever is asked of its reasoning.
        }

        if (Capabilities.Nearest(effort) is { } level)
        {
            writer.WriteString("reasoning_effort"u8, level.Name());
        }
        else
        {
            Target.Drop(Request.Names.Reasoning);
        }
    }

    private string ToolName(string name) => Target.ToolNames.Sent(name, MostToolName, NeutralId.IsPlain);

    private static string CallId(string id) => NeutralId.Fit(id, "call_", MostCallId, character => character is > ' ' and <= '~');
}
