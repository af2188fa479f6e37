using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>Writes a conversation as a response's <c>input</c>: messages, calls, results and reasoning are items of their own.</summary>
/// <param name="toolName">A tool's name as it is sent.</param>
internal sealed class ResponsesInputWriter(NeutralRequest request, RequestTarget target, Func<string, string> toolName)
{
    private const int MostCallId = 64;

    private readonly HashSet<string> _customTools = [.. request.Tools.Where(tool => tool.IsCustom).Select(tool => tool.Name)];
    private readonly HashSet<string> _customCalls = new(StringComparer.Ordinal);

    /// <param name="instructions">Those that stand in front of the conversation as items.</param>
    public void Write(Utf8JsonWriter writer, IEnumerable<Block> instructions, IEnumerable<Turn> turns)
    {
        writer.WriteStartArray("input"u8);
        WriteMessage(writer, "developer", [.. instructions], "");
        foreach (var turn in turns)
        {
            switch (turn.Role)
            {
                case TurnRole.System:
                    WriteMessage(writer, "developer", turn.Blocks, turn.Field);
                    break;
                case TurnRole.Assistant:
                    WriteAssistant(writer, turn);
                    break;
                default:
                    WriteUser(writer, turn);
                    break;
            }
        }

        writer.WriteEndArray();
    }

    private void WriteUser(Utf8JsonWriter writer, Turn turn)
    {
        foreach (var result in turn.Blocks.OfType<ToolResultBlock>())
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, _customCalls.Contains(result.CallId) ? "custom_tool_call_output"u8 : "function_call_output"u8);
            writer.WriteString("call_id"u8, CallId(result.CallId));
            if (result.Content.All(block => block is TextBlock))
            {
                writer.WriteString("output"u8, string.Join('\n', result.Content.OfType<TextBlock>().Select(text => text.Text)));
            }
            else
            {
                WriteParts(writer, "output", result.Content, turn.Field);
            }

            writer.WriteEndObject();
        }

        WriteMessage(writer, "user", [.. turn.Blocks.Where(block => block is not ToolResultBlock)], turn.Field);
    }

    private void WriteMessage(Utf8JsonWriter writer, string role, IReadOnlyList<Block> blocks, string field)
    {
        if (blocks.Count == 0)
        {
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("type"u8, "message"u8);
        writer.WriteString("role"u8, role);
        WriteParts(writer, "content", blocks, field);
        writer.WriteEndObject();
    }

    private void WriteAssistant(Utf8JsonWriter writer, Turn turn)
    {
        var last = turn.Blocks.Count;
        while (last > 0 && turn.Blocks[last - 1] is ThinkingBlock)
        {
            last--; // The platform takes reasoning only in front of what came of it.
        }

        var isMessageOpen = false;
        foreach (var block in turn.Blocks.Take(last))
        {
            switch (block)
            {
                case TextBlock text:
                    OpenMessage();
                    WriteText(writer, "output_text", text.Text);
                    break;
                case RefusalBlock refusal:
                    OpenMessage();
                    writer.WriteStartObject();
                    writer.WriteString("type"u8, "refusal"u8);
                    writer.WriteString("refusal"u8, refusal.Text);
                    writer.WriteEndObject();
                    break;
                case ThinkingBlock thinking when SignatureTag.For(request, thinking.Signature, target.Vendor, target.Scope) is { } encrypted:
                    CloseMessage();
                    WriteReasoning(writer, thinking.Text, encrypted);
                    break;
                case ToolCallBlock call:
                    CloseMessage();
                    WriteCall(writer, call);
                    break;
                default:
                    break;
            }
        }

        CloseMessage();

        void OpenMessage()
        {
            if (!isMessageOpen)
            {
                writer.WriteStartObject();
                writer.WriteString("type"u8, "message"u8);
                writer.WriteString("role"u8, "assistant"u8);
                writer.WriteStartArray("content"u8);
                isMessageOpen = true;
            }
        }

        void CloseMessage()
        {
            if (isMessageOpen)
            {
                writer.WriteEndArray();
                writer.WriteEndObject();
                isMessageOpen = false;
            }
        }
    }

    private static void WriteReasoning(Utf8JsonWriter writer, string summary, string encrypted)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "reasoning"u8);
        writer.WriteStartArray("summary"u8);
        if (summary.Length > 0)
        {
            WriteText(writer, "summary_text", summary);
        }

        writer.WriteEndArray();
        writer.WriteString("encrypted_content"u8, encrypted);
        writer.WriteEndObject();
    }

    private void WriteCall(Utf8JsonWriter writer, ToolCallBlock call)
    {
        var isCustom = _customTools.Contains(call.Name);
        var arguments = ToolArguments.Text(call.Arguments);
        writer.WriteStartObject();
        writer.WriteString("type"u8, isCustom ? "custom_tool_call"u8 : "function_call"u8);
        writer.WriteString("call_id"u8, CallId(call.Id));
        writer.WriteString("name"u8, toolName(call.Name));
        if (isCustom)
        {
            _customCalls.Add(call.Id);
            writer.WriteString("input"u8, ToolArguments.UnwrapInput(arguments));
        }
        else
        {
            writer.WriteString("arguments"u8, arguments);
        }

        writer.WriteEndObject();
    }

    private void WriteParts(Utf8JsonWriter writer, string name, IEnumerable<Block> blocks, string field)
    {
        writer.WriteStartArray(name);
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
                WriteText(writer, "input_text", text.Text);
                break;
            case RefusalBlock refusal:
                WriteText(writer, "input_text", refusal.Text);
                break;
            case MediaBlock { FileId: { } file, Kind: MediaKind.Document } when request.Vendor == Vendors.OpenAi:
                writer.WriteStartObject();
                writer.WriteString("type"u8, "input_file"u8);
                writer.WriteString("file_id"u8, file);
                writer.WriteEndObject();
                break;
            case MediaBlock { FileId: not null }:
                target.Refuse(field, "names a file by the id of another platform: send its bytes or its address");
                break;
            case MediaBlock { Text: { } text } document:
                WriteText(writer, "input_text", document.Name is { } title ? $"{title}\n{text}" : text);
                break;
            case MediaBlock { Kind: MediaKind.Image } image:
                WriteImage(writer, image, field);
                break;
            case MediaBlock { Kind: MediaKind.Document } document:
                WriteFile(writer, document);
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
                target.Refuse(field, $"holds {Media.Name(media.Kind)} in a form that the platform does not take");
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
            target.Refuse(field, $"holds an image of the type '{type}', which the platform does not take");
        }

        writer.WriteStartObject();
        writer.WriteString("type"u8, "input_image"u8);
        writer.WriteString("image_url"u8, image.Url ?? $"data:{type};base64,{image.Base64}");
        writer.WriteString("detail"u8, image.Detail ?? "auto");
        writer.WriteEndObject();
    }

    private static void WriteFile(Utf8JsonWriter writer, MediaBlock document)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "input_file"u8);
        if (document.Url is { } url)
        {
            writer.WriteString("file_url"u8, url);
        }
        else
        {
            writer.WriteString("filename"u8, document.Name ?? "document.pdf");
            writer.WriteString("file_data"u8, $"data:{Media.TypeOf(document)};base64,{document.Base64}");
        }

        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, string type, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
    }

    private static string CallId(string id) => NeutralId.Fit(id, "call_", MostCallId, character => character is > ' ' and <= '~');
}
