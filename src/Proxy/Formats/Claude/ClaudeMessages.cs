using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Claude;

/// <summary>The conversation of a request as Claude takes it.</summary>
/// <remarks>Source: Anthropic API reference, Messages, anthropic-version 2023-06-01, read 2026-11.</remarks>
/// <param name="toolName">A tool's name as it is sent.</param>
internal sealed class ClaudeMessages(RequestTarget target, Func<string, string> toolName, CacheMarks marks)
{
    public void Write(Utf8JsonWriter writer, List<Turn> turns)
    {
        writer.WriteStartArray("messages"u8);
        foreach (var turn in turns)
        {
            WriteTurn(writer, turn);
        }

        writer.WriteEndArray();
    }

    public static void WriteText(Utf8JsonWriter writer, string text, int? cacheMinutes)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        writer.WriteString("text"u8, text);
        WriteCacheMark(writer, cacheMinutes);
        writer.WriteEndObject();
    }

    public static void WriteCacheMark(Utf8JsonWriter writer, int? minutes)
    {
        if (minutes is null)
        {
            return;
        }

        writer.WriteStartObject("cache_control"u8);
        writer.WriteString("type"u8, "ephemeral"u8);
        if (minutes > 5)
        {
            writer.WriteString("ttl"u8, "1h"u8);
        }

        writer.WriteEndObject();
    }

    private void WriteTurn(Utf8JsonWriter writer, Turn turn)
    {
        writer.WriteStartObject();
        writer.WriteString("role"u8, turn.Role switch
        {
            TurnRole.Assistant => "assistant"u8,
            TurnRole.System => "system"u8,
            _ => "user"u8,
        });
        writer.WriteStartArray("content"u8);
        foreach (var block in turn.Blocks)
        {
            WriteBlock(writer, block, turn.Field);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteBlock(Utf8JsonWriter writer, Block block, string field)
    {
        switch (block)
        {
            case TextBlock text:
                WriteText(writer, text.Text, marks.Of(text));
                break;
            case RefusalBlock refusal:
                WriteText(writer, refusal.Text, null);
                break;
            case MediaBlock media:
                WriteMedia(writer, media, field);
                break;
            case ThinkingBlock thinking:
                WriteThinking(writer, thinking);
                break;
            case ToolCallBlock call:
                writer.WriteStartObject();
                writer.WriteString("type"u8, "tool_use"u8);
                writer.WriteString("id"u8, CallId(call.Id));
                writer.WriteString("name"u8, toolName(call.Name));
                writer.WritePropertyName("input"u8);
                call.Arguments.WriteTo(writer);
                WriteCacheMark(writer, marks.Of(call));
                writer.WriteEndObject();
                break;
            case ToolResultBlock result:
                WriteToolResult(writer, result, field);
                break;
            default:
                break;
        }
    }

    private static string CallId(string id) => NeutralId.Fit(id, "toolu_", 128, NeutralId.IsPlain);

    private void WriteToolResult(Utf8JsonWriter writer, ToolResultBlock result, string field)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "tool_result"u8);
        writer.WriteString("tool_use_id"u8, CallId(result.CallId));
        var content = result.Content.Where(block => block is not (TextBlock { IsBlank: true } or ThinkingBlock)).ToList();
        if (content.Count > 0)
        {
            writer.WriteStartArray("content"u8);
            foreach (var block in content)
            {
                WriteBlock(writer, block, field);
            }

            writer.WriteEndArray();
        }

        if (result.IsError)
        {
            writer.WriteBoolean("is_error"u8, true);
        }

        WriteCacheMark(writer, marks.Of(result));
        writer.WriteEndObject();
    }

    private static void WriteThinking(Utf8JsonWriter writer, ThinkingBlock thinking)
    {
        writer.WriteStartObject();
        if (thinking.IsRedacted)
        {
            writer.WriteString("type"u8, "redacted_thinking"u8);
            writer.WriteString("data"u8, thinking.Signature);
        }
        else
        {
            writer.WriteString("type"u8, "thinking"u8);
            writer.WriteString("thinking"u8, thinking.Text);
            writer.WriteString("signature"u8, thinking.Signature);
        }

        writer.WriteEndObject();
    }

    private void WriteMedia(Utf8JsonWriter writer, MediaBlock media, string field)
    {
        if (media.Kind is MediaKind.Audio or MediaKind.Video || (media.Kind == MediaKind.Image && !target.Capabilities.Images))
        {
            target.Refuse(field, $"holds {Media.Name(media.Kind)}, which the model does not take");
            return;
        }

        if (media.FileId is not null)
        {
            target.Refuse(field, "names a file by the id of another platform: send its bytes or its address");
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("type"u8, media.Kind == MediaKind.Image ? "image"u8 : "document"u8);
        writer.WriteStartObject("source"u8);
        if (media.Url is { } url)
        {
            writer.WriteString("type"u8, "url"u8);
            writer.WriteString("url"u8, url);
        }
        else if (media.Text is { } text)
        {
            writer.WriteString("type"u8, "text"u8);
            writer.WriteString("media_type"u8, "text/plain"u8);
            writer.WriteString("data"u8, text);
        }
        else
        {
            var type = Media.TypeOf(media);
            if (!(media.Kind == MediaKind.Image ? Media.IsCommonImage(type) : type == "application/pdf"))
            {
                target.Refuse(field, $"holds {Media.Name(media.Kind)} of the type '{type}', which the platform does not take");
            }

            writer.WriteString("type"u8, "base64"u8);
            writer.WriteString("media_type"u8, type);
            writer.WriteString("data"u8, media.Base64);
        }

        writer.WriteEndObject();
        if (media is { Kind: MediaKind.Document, Name: { } name })
        {
            writer.WriteString("title"u8, name);
        }

        WriteCacheMark(writer, marks.Of(media));
        writer.WriteEndObject();
    }
}
