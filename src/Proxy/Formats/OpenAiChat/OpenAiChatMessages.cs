using System.Text.Json;
using Gateway.Proxy.Formats.OpenAi;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiChat;

/// <summary>The conversation of a request as chat completions take it.</summary>
/// <remarks>Source: OpenAI API reference, Chat Completions, read 2026-11.</remarks>
/// <param name="toolName">A tool's name as it is sent.</param>
internal sealed class OpenAiChatMessages(NeutralRequest request, RequestTarget target, Func<string, string> toolName) : OpenAiContentWriter(request, target)
{
    protected override bool TakesDocumentUrls => false;

    public void Write(Utf8JsonWriter writer, IEnumerable<Turn> turns)
    {
        writer.WriteStartArray("messages"u8);
        WriteInstructions(writer, Request.System);
        foreach (var turn in turns)
        {
            WriteTurn(writer, turn);
        }

        writer.WriteEndArray();
    }

    protected override void WriteText(Utf8JsonWriter writer, string text) => WriteTyped(writer, "text"u8, text);

    protected override void WriteImage(Utf8JsonWriter writer, string url, string? detail)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "image_url"u8);
        writer.WriteStartObject("image_url"u8);
        writer.WriteString("url"u8, url);
        if (detail is not null)
        {
            writer.WriteString("detail"u8, detail);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    protected override void WriteFile(Utf8JsonWriter writer, MediaBlock file)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "file"u8);
        writer.WriteStartObject("file"u8);
        WriteFileMembers(writer, file);
        writer.WriteEndObject();
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
        writer.WriteString("role"u8, Target.Capabilities.Reasons ? "developer"u8 : "system"u8);
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
                writer.WriteString("id"u8, OpenAiCallId.Fit(call.Id));
                writer.WriteString("type"u8, "function"u8);
                writer.WriteStartObject("function"u8);
                writer.WriteString("name"u8, toolName(call.Name));
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
            writer.WriteString("tool_call_id"u8, OpenAiCallId.Fit(result.CallId));
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
}
