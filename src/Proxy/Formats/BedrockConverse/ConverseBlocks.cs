using System.Text;
using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.BedrockConverse;

/// <summary>The content of messages as Converse takes it: each block has one member, which says its kind.</summary>
/// <remarks>Source: Amazon Bedrock API reference, ContentBlock and its kinds, read 2026-11.</remarks>
internal sealed class ConverseBlocks(NeutralRequest request, RequestTarget target)
{
    public const int MostToolName = 64;

    private const int MostCallId = 64;
    private const int MostDocumentName = 150;

    private readonly HashSet<string> _documentNames = new(StringComparer.Ordinal);

    public static string ToolName(RequestTarget target, string name) => target.ToolNames.Sent(name, MostToolName, NeutralId.IsPlain);

    public static void WriteText(Utf8JsonWriter writer, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
    }

    /// <summary>A cache mark is an element of its own, right behind what it marks.</summary>
    public static void WriteCachePoint(Utf8JsonWriter writer, int? minutes)
    {
        if (minutes is null)
        {
            return;
        }

        writer.WriteStartObject();
        writer.WriteStartObject("cachePoint"u8);
        writer.WriteString("type"u8, "default"u8);
        if (minutes > 5)
        {
            writer.WriteString("ttl"u8, "1h"u8);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>
    /// The turns without what cannot be sent: reasoning that is unsigned or another vendor's, and refusals without words. Marks inside a tool's result, where
    /// Converse has no place for them, go to the result.
    /// </summary>
    public IReadOnlyList<Turn> Sendable() => [.. request.Turns.Select(turn => turn with { Blocks = [.. turn.Blocks.Where(IsSendable).Select(WithMark)] })];

    public void WriteTurn(Utf8JsonWriter writer, Turn turn, CacheMarks marks)
    {
        writer.WriteStartObject();
        writer.WriteString("role"u8, turn.Role == TurnRole.Assistant ? "assistant"u8 : "user"u8);
        writer.WriteStartArray("content"u8);
        foreach (var block in turn.Blocks)
        {
            WriteBlock(writer, block, turn.Field);
            WriteCachePoint(writer, marks.Of(block));
        }

        if (turn.Blocks.Any(block => block is MediaBlock { Kind: MediaKind.Document }) && !turn.Blocks.Any(block => block is TextBlock))
        {
            WriteText(writer, "Document attached."); // A document does not stand alone.
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static Block WithMark(Block block) =>
        block is ToolResultBlock { CacheMinutes: null } result && result.Content.Max(inner => inner.CacheMinutes) is { } minutes ? result with { CacheMinutes = minutes } : block;

    private static bool IsCallIdCharacter(char character) => NeutralId.IsPlain(character) || character is '.' or ':';

    private static string CallId(string id) => NeutralId.Fit(id, "tooluse_", MostCallId, IsCallIdCharacter);

    private bool IsSendable(Block block) => block switch
    {
        ThinkingBlock thinking => Signature(thinking) is not null,
        RefusalBlock refusal => !string.IsNullOrWhiteSpace(refusal.Text),
        _ => true,
    };

    private string? Signature(ThinkingBlock thinking) => SignatureTag.For(request, thinking.Signature, target.Vendor, target.Scope);

    private void WriteBlock(Utf8JsonWriter writer, Block block, string field)
    {
        switch (block)
        {
            case TextBlock text:
                WriteText(writer, text.Text);
                break;
            case RefusalBlock refusal:
                WriteText(writer, refusal.Text);
                break;
            case MediaBlock media:
                WriteMedia(writer, media, field);
                break;
            case ThinkingBlock thinking:
                WriteThinking(writer, thinking);
                break;
            case ToolCallBlock call:
                writer.WriteStartObject();
                writer.WriteStartObject("toolUse"u8);
                writer.WriteString("toolUseId"u8, CallId(call.Id));
                writer.WriteString("name"u8, ToolName(target, call.Name));
                writer.WritePropertyName("input"u8);
                call.Arguments.WriteTo(writer);
                writer.WriteEndObject();
                writer.WriteEndObject();
                break;
            case ToolResultBlock result:
                WriteResult(writer, result, field);
                break;
            default:
                break;
        }
    }

    private void WriteThinking(Utf8JsonWriter writer, ThinkingBlock thinking)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("reasoningContent"u8);
        if (thinking.IsRedacted)
        {
            writer.WriteString("redactedContent"u8, Signature(thinking));
        }
        else
        {
            writer.WriteStartObject("reasoningText"u8);
            writer.WriteString("text"u8, thinking.Text);
            writer.WriteString("signature"u8, Signature(thinking));
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteResult(Utf8JsonWriter writer, ToolResultBlock result, string field)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("toolResult"u8);
        writer.WriteString("toolUseId"u8, CallId(result.CallId));
        writer.WriteStartArray("content"u8);
        var content = result.Content.Where(block => block is MediaBlock or TextBlock { IsBlank: false }).ToList();
        foreach (var block in content)
        {
            WriteBlock(writer, block, field);
        }

        if (content.Count == 0)
        {
            writer.WriteRawValue("""{"json":{}}"""u8, skipInputValidation: true);
        }

        writer.WriteEndArray();
        if (result.IsError)
        {
            writer.WriteString("status"u8, "error"u8);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteMedia(Utf8JsonWriter writer, MediaBlock media, string field)
    {
        if (media.Kind is MediaKind.Audio or MediaKind.Video || (media.Kind == MediaKind.Image && !target.Capabilities.Images))
        {
            target.Refuse(field, $"holds {Media.Name(media.Kind)}, which the model does not take");
            return;
        }

        if (media.FileId is not null || media.Url is not null)
        {
            target.Refuse(field, $"names {Media.Name(media.Kind)} by its address or id, which Bedrock does not fetch: send the bytes");
            return;
        }

        var type = media.Text is null ? Media.TypeOf(media) : "text/plain";
        if (Format(media.Kind, type) is not { } format)
        {
            target.Refuse(field, $"holds {Media.Name(media.Kind)} of the type '{type}', which the platform does not take");
            return;
        }

        writer.WriteStartObject();
        writer.WriteStartObject(media.Kind == MediaKind.Image ? "image"u8 : "document"u8);
        writer.WriteString("format"u8, format);
        if (media.Kind == MediaKind.Document)
        {
            writer.WriteString("name"u8, DocumentName(media));
        }

        writer.WriteStartObject("source"u8);
        if (media.Text is { } text)
        {
            writer.WriteBase64String("bytes"u8, Encoding.UTF8.GetBytes(text));
        }
        else
        {
            writer.WriteString("bytes"u8, media.Base64);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static string? Format(MediaKind kind, string type) => (kind, type) switch
    {
        (MediaKind.Image, _) => Media.IsCommonImage(type) ? type["image/".Length..] : null,
        (_, "application/pdf") => "pdf",
        (_, "text/plain") => "txt",
        (_, "text/csv") => "csv",
        (_, "text/html") => "html",
        (_, "text/markdown") => "md",
        (_, "application/msword") => "doc",
        (_, "application/vnd.openxmlformats-officedocument.wordprocessingml.document") => "docx",
        (_, "application/vnd.ms-excel") => "xls",
        (_, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet") => "xlsx",
        _ => null,
    };

    /// <summary>Letters, digits, single blanks, hyphens and brackets; unique in the request, and the same for the same bytes, so that caches hit.</summary>
    private string DocumentName(MediaBlock media)
    {
        var words = string.Concat((media.Name ?? "document").Select(character => char.IsAsciiLetterOrDigit(character) || "-()[]".Contains(character, StringComparison.Ordinal) ? character : ' '))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var title = string.Join(' ', words);
        title = $"{title[..Math.Min(title.Length, MostDocumentName)]} {NeutralId.Hash(media.Base64 ?? media.Text ?? "", 8)}".Trim();
        var name = title;
        for (var copy = 2; !_documentNames.Add(name); copy++)
        {
            name = $"{title} {copy}";
        }

        return name;
    }
}
