using System.Text.Json;

namespace Gateway.Proxy.Inspection;

/// <summary>
/// Finds images, audio and documents inside <c>messages</c>, <c>input</c> or <c>contents</c> while the inspector walks over it, by the members that the formats give them: the number of
/// tokens of such a part has nothing to do with its bytes.
/// </summary>
/// <remarks>
/// OpenAI: <c>{"type":"image_url","image_url":{"url"}}</c>, <c>{"type":"input_audio","input_audio":{"data"}}</c>, <c>{"type":"file","file":{"file_data"}}</c>.
/// Claude: <c>{"type":"image"|"document","source":{"type","media_type","data"}}</c>, also inside tool results.
/// Responses: <c>{"type":"input_image","image_url"}</c>, <c>{"type":"input_file","file_data"}</c>.
/// Gemini: <c>{"inlineData":{"mimeType","data"}}</c>, <c>{"fileData":{"mimeType","fileUri"}}</c>, also in snake case. Members may come in any order.
/// </remarks>
internal struct MediaCount
{
    private Part _part;
    private int _partDepth;
    private int _bytes;
    private bool _isText;
    private Member _member;

    /// <summary>What carries the bytes of a part.</summary>
    private enum Part
    {
        None,
        ImageUrl,
        Audio,
        File,
        FileData,
        Source,
        Blob,
    }

    /// <summary>What the next value is.</summary>
    private enum Member
    {
        Other,
        Type,
        Bytes,
        MimeType,
        Part,
    }

    public int Images { get; private set; }

    public int Documents { get; private set; }

    /// <summary>Bytes of the body that encode media or say where it lies.</summary>
    public int Bytes { get; private set; }

    /// <summary>Called at every property name inside <c>messages</c>.</summary>
    public void Property(ref Utf8JsonReader reader)
    {
        var isPartMember = _part != Part.None && reader.CurrentDepth == _partDepth + 1;
        _member = reader.ValueSpan.Length switch
        {
            4 when reader.ValueTextEquals("type"u8) => Member.Type,
            4 when isPartMember && _part is Part.Source or Part.Audio or Part.Blob && reader.ValueTextEquals("data"u8) => Member.Bytes,
            3 when isPartMember && _part is Part.ImageUrl or Part.Source && reader.ValueTextEquals("url"u8) => Member.Bytes,
            9 when isPartMember && _part is Part.File && reader.ValueTextEquals("file_data"u8) => Member.Bytes,
            8 or 9 when isPartMember && _part is Part.Blob && (reader.ValueTextEquals("mimeType"u8) || reader.ValueTextEquals("mime_type"u8)) => Member.MimeType,
            _ => Member.Other,
        };
        var part = reader.ValueSpan.Length switch
        {
            9 when reader.ValueTextEquals("image_url"u8) => Part.ImageUrl,
            11 when reader.ValueTextEquals("input_audio"u8) => Part.Audio,
            4 when reader.ValueTextEquals("file"u8) => Part.File,
            10 or 11 when reader.ValueTextEquals("inlineData"u8) || reader.ValueTextEquals("inline_data"u8) => Part.Blob,
            8 when reader.ValueTextEquals("fileData"u8) => Part.Blob,
            9 when _member != Member.Bytes && reader.ValueTextEquals("file_data"u8) => Part.FileData,
            6 when reader.ValueTextEquals("source"u8) => Part.Source,
            _ => Part.None,
        };
        if (part != Part.None)
        {
            (_part, _partDepth, _bytes, _isText, _member) = (part, reader.CurrentDepth, 0, false, Member.Part);
        }
    }

    /// <summary>Called at every other token inside <c>messages</c>.</summary>
    public void Value(ref Utf8JsonReader reader)
    {
        var member = _member;
        _member = Member.Other;
        switch (reader.TokenType)
        {
            case not JsonTokenType.StartObject when member == Member.Part:
                // The short forms of image_url and file_data, or a member of that name that is something else, such as a tool's argument.
                Bytes += _part is Part.ImageUrl or Part.FileData && reader.TokenType == JsonTokenType.String ? reader.ValueSpan.Length : 0;
                _part = Part.None;
                return;
            case JsonTokenType.String when member == Member.Bytes:
                _bytes += reader.ValueSpan.Length;
                return;
            case JsonTokenType.String when member == Member.MimeType:
                var isSeen = reader.ValueSpan.StartsWith("image/"u8) || reader.ValueSpan.StartsWith("audio/"u8) || reader.ValueSpan.StartsWith("video/"u8);
                Images += isSeen ? 1 : 0;
                Documents += isSeen ? 0 : 1;
                return;
            case JsonTokenType.String when member == Member.Type && _part == Part.Source && reader.CurrentDepth == _partDepth + 1:
                // A document that is text by itself is counted as text.
                _isText = reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("content"u8);
                Documents -= _isText ? 1 : 0;
                return;
            case JsonTokenType.String when member == Member.Type && _part is Part.None or Part.Source:
                CountType(ref reader);
                return;
            case JsonTokenType.EndObject when _part != Part.None && reader.CurrentDepth == _partDepth:
                Bytes += _isText ? 0 : _bytes;
                _part = Part.None;
                return;
            default:
                return;
        }
    }

    private void CountType(ref Utf8JsonReader reader)
    {
        switch (reader.ValueSpan.Length)
        {
            case 5 when reader.ValueTextEquals("image"u8):
            case 9 when reader.ValueTextEquals("image_url"u8):
            case 11 when reader.ValueTextEquals("input_audio"u8) || reader.ValueTextEquals("input_image"u8):
                Images++;
                break;
            case 4 when reader.ValueTextEquals("file"u8):
            case 8 when reader.ValueTextEquals("document"u8):
            case 10 when reader.ValueTextEquals("input_file"u8):
                Documents++;
                break;
        }
    }
}
