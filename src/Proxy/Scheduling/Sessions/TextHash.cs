using System.IO.Hashing;
using System.Text.Json;

namespace Gateway.Proxy.Scheduling.Sessions;

/// <summary>Adds the texts of instructions or of a message to a hash, up to a number of bytes.</summary>
/// <param name="isSystem">Ends with the first part that is marked for caching, since what follows it is what changes. In messages the mark itself moves on.</param>
internal struct TextHash(XxHash128 hash, int mostBytes, bool isSystem)
{
    private bool _isFull;

    /// <summary>Bytes that were added.</summary>
    public int Length { get; private set; }

    /// <summary>Claude Code's first block of instructions: its version and checksum differ from request to request.</summary>
    private static ReadOnlySpan<byte> Attribution => "x-anthropic-billing-header:"u8;

    /// <summary>A text, parts with a text, or what has such parts as its <c>parts</c> or <c>content</c>. Anything else adds nothing.</summary>
    /// <param name="reader">At the value; afterwards at its end, or anywhere in it once there is enough.</param>
    public void Add(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String when !_isFull:
                AddText(reader.ValueSpan, isPart: false);
                break;
            case JsonTokenType.StartArray:
                while (!_isFull && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    Add(ref reader);
                }

                break;
            case JsonTokenType.StartObject when !_isFull:
                AddPart(ref reader);
                break;
        }
    }

    private void AddPart(ref Utf8JsonReader reader)
    {
        var isMarked = false;
        while (!_isFull && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isText = reader.ValueTextEquals("text"u8);
            var isMark = reader.ValueTextEquals("cache_control"u8);
            var hasParts = reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("parts"u8);
            reader.Read();
            isMarked |= isMark && reader.TokenType != JsonTokenType.Null;
            if (hasParts)
            {
                Add(ref reader);
            }
            else if (isText && reader.TokenType == JsonTokenType.String)
            {
                AddText(reader.ValueSpan, isPart: true);
            }
            else
            {
                reader.Skip();
            }
        }

        _isFull |= isMarked && isSystem;
    }

    private void AddText(ReadOnlySpan<byte> text, bool isPart)
    {
        if (isSystem && text.StartsWith(Attribution))
        {
            var line = isPart ? -1 : text.IndexOf("\\n"u8);
            text = line < 0 ? default : text[(line + 2)..];
        }

        text = text[..Math.Min(text.Length, mostBytes - Length)];
        hash.Append(text);
        Length += text.Length;
        _isFull |= Length == mostBytes;
    }
}
