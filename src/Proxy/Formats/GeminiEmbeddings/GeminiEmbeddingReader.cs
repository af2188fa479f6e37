using System.Text.Json;
using Gateway.Proxy.Formats.Gemini;

namespace Gateway.Proxy.Formats.GeminiEmbeddings;

/// <summary>Reads the usage of an answer that passes as it is, which not every model reports; the vectors are not looked at.</summary>
internal sealed class GeminiEmbeddingReader : AnswerReader
{
    private GeminiUsage _usage;

    protected override EventVerdict ReadData(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data) => EventVerdict.Unreadable;

    protected override void ReadMessage(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = reader.ValueTextEquals("usageMetadata"u8);
            reader.Read();
            if (isUsage)
            {
                _usage.Read(ref reader, ref Usage);
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
