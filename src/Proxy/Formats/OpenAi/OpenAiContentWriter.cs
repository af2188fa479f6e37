using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAi;

/// <summary>Writes what stands in a message's content: both of OpenAI's formats take the same, and write the parts differently.</summary>
internal abstract class OpenAiContentWriter(NeutralRequest request, RequestTarget target)
{
    protected NeutralRequest Request { get; } = request;

    protected RequestTarget Target { get; } = target;

    /// <summary>Whether a document may be given by its address.</summary>
    protected abstract bool TakesDocumentUrls { get; }

    /// <param name="field">Where the client wrote it.</param>
    protected void WritePart(Utf8JsonWriter writer, Block block, string field)
    {
        switch (block)
        {
            case TextBlock text:
                WriteText(writer, text.Text);
                break;
            case RefusalBlock refusal:
                WriteText(writer, refusal.Text);
                break;
            case MediaBlock { FileId: not null, Kind: MediaKind.Document } file when Request.Vendor == Vendors.OpenAi:
                WriteFile(writer, file);
                break;
            case MediaBlock { FileId: not null }:
                Target.Refuse(field, "names a file by the id of another platform: send its bytes or its address");
                break;
            case MediaBlock { Text: { } text } document:
                WriteText(writer, document.Name is { } title ? $"{title}\n{text}" : text);
                break;
            case MediaBlock { Kind: MediaKind.Image } image:
                WriteImage(writer, ImageUrl(image, field), image.Detail);
                break;
            case MediaBlock { Kind: MediaKind.Document } document when document.Base64 is not null || TakesDocumentUrls:
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
                Target.Refuse(field, $"holds {Media.Name(media.Kind)} in a form that the platform does not take");
                break;
            default:
                break;
        }
    }

    protected abstract void WriteText(Utf8JsonWriter writer, string text);

    /// <param name="url">Its address, or a data URL.</param>
    protected abstract void WriteImage(Utf8JsonWriter writer, string url, string? detail);

    protected abstract void WriteFile(Utf8JsonWriter writer, MediaBlock file);

    protected static void WriteFileMembers(Utf8JsonWriter writer, MediaBlock file)
    {
        if (file.FileId is { } id)
        {
            writer.WriteString("file_id"u8, id);
        }
        else if (file.Url is { } url)
        {
            writer.WriteString("file_url"u8, url);
        }
        else
        {
            writer.WriteString("filename"u8, file.Name ?? "document.pdf");
            writer.WriteString("file_data"u8, $"data:{Media.TypeOf(file)};base64,{file.Base64}");
        }
    }

    protected static void WriteTyped(Utf8JsonWriter writer, ReadOnlySpan<byte> type, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
    }

    private string ImageUrl(MediaBlock image, string field)
    {
        var type = Media.TypeOf(image);
        if (image.Url is null && !Media.IsCommonImage(type))
        {
            Target.Refuse(field, $"holds an image of the type '{type}', which the platform does not take");
        }

        return image.Url ?? $"data:{type};base64,{image.Base64}";
    }
}
