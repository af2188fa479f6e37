using System.Text.Json;
using Gateway.Proxy.Formats.OpenAi;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

/// <summary>Writes a conversation as a response's <c>input</c>: messages, calls, results and reasoning are items of their own.</summary>
/// <param name="toolName">A tool's name as it is sent.</param>
internal sealed class ResponsesInputWriter(NeutralRequest request, RequestTarget target, Func<string, string> toolName) : OpenAiContentWriter(request, target)
{
    private readonly HashSet<string> _customTools = [.. request.Tools.Where(tool => tool.IsCustom).Select(tool => tool.Name)];
    private readonly HashSet<string> _customCalls = new(StringComparer.Ordinal);

    protected override bool TakesDocumentUrls => true;

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

    protected override void WriteText(Utf8JsonWriter writer, string text) => WriteTyped(writer, "input_text"u8, text);

    protected override void WriteImage(Utf8JsonWriter writer, string url, string? detail)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "input_image"u8);
        writer.WriteString("image_url"u8, url);
        writer.WriteString("detail"u8, detail ?? "auto");
        writer.WriteEndObject();
    }

    protected override void WriteFile(Utf8JsonWriter writer, MediaBlock file)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "input_file"u8);
        WriteFileMembers(writer, file);
        writer.WriteEndObject();
    }

    private void WriteUser(Utf8JsonWriter writer, Turn turn)
    {
        foreach (var result in turn.Blocks.OfType<ToolResultBlock>())
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, _customCalls.Contains(result.CallId) ? "custom_tool_call_output"u8 : "function_call_output"u8);
            writer.WriteString("call_id"u8, OpenAiCallId.Fit(result.CallId));
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
                    WriteTyped(writer, "output_text"u8, text.Text);
                    break;
                case RefusalBlock refusal:
                    OpenMessage();
                    writer.WriteStartObject();
                    writer.WriteString("type"u8, "refusal"u8);
                    writer.WriteString("refusal"u8, refusal.Text);
                    writer.WriteEndObject();
                    break;
                case ThinkingBlock thinking when SignatureTag.For(Request, thinking.Signature, Target.Vendor, Target.Scope) is { } encrypted:
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
            WriteTyped(writer, "summary_text"u8, summary);
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
        writer.WriteString("call_id"u8, OpenAiCallId.Fit(call.Id));
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
}
