using System.Text.Json;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Proxy.Formats.Gemini;

/// <summary>The conversation of a request as Gemini takes it.</summary>
/// <remarks>Source: Gemini API reference, Content and Part, and the guide to thought signatures, v1beta, read 2026-11.</remarks>
/// <param name="toolName">A tool's name as it is sent.</param>
internal sealed class GeminiContents(NeutralRequest request, RequestTarget target, Func<string, string> toolName)
{
    /// <summary>Stands for a signature that the model never gave, in history that it did not write.</summary>
    public const string NoSignature = "skip_thought_signature_validator";

    private static readonly ConversationRules Rules = new() { MustStartWithUser = true };

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    private ModelCapabilities Capabilities => target.Capabilities;

    public List<Turn> Arrange()
    {
        var signed = request with { Turns = [.. request.Turns.Select(turn => turn.Role == TurnRole.Assistant ? turn with { Blocks = Sign(turn.Blocks) } : turn)] };
        var turns = Conversation.Arrange(signed, Rules, target);
        foreach (var call in turns.SelectMany(turn => turn.Blocks).OfType<ToolCallBlock>())
        {
            _names[call.Id] = call.Name;
        }

        return turns;
    }

    public void Write(Utf8JsonWriter writer, List<Turn> turns)
    {
        // What follows the user's last words is the current turn: there each step must be signed. Results with words beside them do not end it, since
        // agents add reminders to results.
        var current = turns.FindLastIndex(turn => turn.Role == TurnRole.User && !turn.Blocks.Any(block => block is ToolResultBlock));
        writer.WriteStartArray("contents"u8);
        for (var i = 0; i < turns.Count; i++)
        {
            var isAssistant = turns[i].Role == TurnRole.Assistant;
            writer.WriteStartObject();
            writer.WriteString("role"u8, isAssistant ? "model"u8 : "user"u8);
            writer.WriteStartArray("parts"u8);
            if (isAssistant)
            {
                WriteAssistant(writer, turns[i], Capabilities.NeedsSignatures && i > current);
            }
            else
            {
                WriteUser(writer, turns[i]);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Formats that sign reasoning only carry a call's signature in a block of reasoning before it: here it goes back to the call.</summary>
    private List<Block> Sign(IReadOnlyList<Block> blocks)
    {
        var signed = new List<Block>(blocks.Count);
        string? waiting = null;
        foreach (var block in blocks)
        {
            switch (block)
            {
                case ThinkingBlock thinking:
                    waiting = Signature(thinking.Signature) ?? waiting;
                    break;
                case ToolCallBlock call:
                    signed.Add(call with { Signature = Signature(call.Signature) ?? waiting });
                    waiting = null;
                    break;
                case TextBlock text:
                    signed.Add(text with { Signature = Signature(text.Signature) ?? waiting });
                    waiting = null;
                    break;
                default:
                    signed.Add(block);
                    break;
            }
        }

        return signed;
    }

    private string? Signature(string? signature) => SignatureTag.For(request, signature, Vendors.Gemini, target.Scope);

    private void WriteAssistant(Utf8JsonWriter writer, Turn turn, bool mustBeSigned)
    {
        foreach (var block in turn.Blocks)
        {
            switch (block)
            {
                case TextBlock text:
                    WriteText(writer, text.Text, text.Signature);
                    break;
                case RefusalBlock refusal:
                    WriteText(writer, refusal.Text, null);
                    break;
                case MediaBlock media:
                    WriteMedia(writer, media, turn.Field);
                    break;
                case ToolCallBlock call:
                    WriteCall(writer, call, call.Signature ?? (mustBeSigned ? NoSignature : null));
                    mustBeSigned = false; // Of calls in parallel only the first is signed.
                    break;
                default:
                    break;
            }
        }
    }

    private void WriteCall(Utf8JsonWriter writer, ToolCallBlock call, string? signature)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("functionCall"u8);
        writer.WriteString("id"u8, call.Id);
        writer.WriteString("name"u8, toolName(call.Name));
        writer.WritePropertyName("args"u8);
        call.Arguments.WriteTo(writer);
        writer.WriteEndObject();
        WriteSignature(writer, signature);
        writer.WriteEndObject();
    }

    private void WriteUser(Utf8JsonWriter writer, Turn turn)
    {
        foreach (var result in turn.Blocks.OfType<ToolResultBlock>())
        {
            WriteResult(writer, result, turn.Field);
        }

        if (!Capabilities.ImagesInToolResults)
        {
            foreach (var media in turn.Blocks.OfType<ToolResultBlock>().SelectMany(result => result.Content).OfType<MediaBlock>().Where(media => media.Text is null))
            {
                WriteMedia(writer, media, turn.Field);
            }
        }

        foreach (var block in turn.Blocks)
        {
            switch (block)
            {
                case TextBlock text:
                    WriteText(writer, text.Text, null);
                    break;
                case MediaBlock media:
                    WriteMedia(writer, media, turn.Field);
                    break;
                default:
                    break;
            }
        }
    }

    private void WriteResult(Utf8JsonWriter writer, ToolResultBlock result, string field)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("functionResponse"u8);
        writer.WriteString("id"u8, result.CallId);
        writer.WriteString("name"u8, toolName(_names.GetValueOrDefault(result.CallId, result.CallId)));
        writer.WriteStartObject("response"u8);
        writer.WriteString(result.IsError ? "error"u8 : "output"u8, string.Join('\n', result.Content.Select(TextOf).OfType<string>()));
        writer.WriteEndObject();
        var media = result.Content.OfType<MediaBlock>().Where(media => media.Text is null).ToList();
        if (Capabilities.ImagesInToolResults && media.Count > 0)
        {
            writer.WriteStartArray("parts"u8);
            foreach (var one in media)
            {
                WriteMedia(writer, one, field);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static string? TextOf(Block block) => block switch
    {
        TextBlock text => text.Text,
        MediaBlock { Text: { } text } document => Titled(document, text),
        _ => null,
    };

    private static string Titled(MediaBlock document, string text) => document.Name is { Length: > 0 } name ? $"{name}\n\n{text}" : text;

    private void WriteMedia(Utf8JsonWriter writer, MediaBlock media, string field)
    {
        if (media.Text is { } text)
        {
            WriteText(writer, Titled(media, text), null);
            return;
        }

        var type = Media.TypeOf(media);
        if (media.FileId is not null)
        {
            target.Refuse(field, "names a file by the id of another platform: send its bytes");
        }
        else if (media.Url is not null)
        {
            target.Refuse(field, $"names {Media.Name(media.Kind)} by its address, which the platform that serves this model does not fetch: send the bytes in base64");
        }
        else if (media.Kind == MediaKind.Image && !(Capabilities.Images && Media.IsCommonImage(type)))
        {
            target.Refuse(field, $"holds an image of the type '{type}', which the model does not take");
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteStartObject("inlineData"u8);
            writer.WriteString("mimeType"u8, type);
            writer.WriteString("data"u8, media.Base64);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string text, string? signature)
    {
        writer.WriteStartObject();
        writer.WriteString("text"u8, text);
        WriteSignature(writer, signature);
        writer.WriteEndObject();
    }

    private static void WriteSignature(Utf8JsonWriter writer, string? signature)
    {
        if (signature is not null)
        {
            writer.WriteString("thoughtSignature"u8, signature);
        }
    }
}
