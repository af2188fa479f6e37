using System.Text.Json;
using Gateway.Proxy.Formats.OpenAi;

namespace Gateway.Proxy.Formats.OpenAiEmbeddings;

/// <summary>Reads the usage of an answer that passes as it is; the vectors are not looked at.</summary>
internal sealed class OpenAiEmbeddingReader : AnswerReader
{
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
            var isUsage = reader.ValueTextEquals("usage"u8);
            var isError = reader.ValueTextEquals("error"u8);
            reader.Read();
            if (isUsage)
            {
                OpenAiUsage.Read(ref reader, ref Usage);
            }
            else if (isError && reader.TokenType != JsonTokenType.Null)
            {
                Failure = OpenAiErrors.Read(ref reader);
                return;
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
