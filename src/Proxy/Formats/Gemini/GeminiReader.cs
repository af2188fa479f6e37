using System.Text.Json;

namespace Gateway.Proxy.Formats.Gemini;

/// <summary>Reads usage and the end of a Gemini answer: a chunk of a stream, a whole answer, or an array of chunks.</summary>
internal sealed class GeminiReader : AnswerReader
{
    private GeminiUsage _usage;

    protected override EventVerdict ReadData(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data) => Read(data);

    protected override void ReadMessage(ReadOnlySpan<byte> body) => Read(body);

    private EventVerdict Read(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        if (!reader.Read() || reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            throw new JsonException();
        }

        // The members of a chunk.
        var top = reader.TokenType == JsonTokenType.StartArray ? 2 : 1;
        var verdict = EventVerdict.Forward;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.CurrentDepth == top && reader.ValueTextEquals("usageMetadata"u8))
            {
                reader.Read();
                _usage.Read(ref reader, ref Usage);
            }
            else if (reader.CurrentDepth == top && reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                Failure = GeminiErrors.Read(ref reader);
                return EventVerdict.Failed;
            }
            else if (reader.CurrentDepth == top && reader.ValueTextEquals("candidates"u8))
            {
                verdict = EventVerdict.ForwardContent;
            }
            else if (reader.ValueTextEquals("finishReason"u8) || reader.ValueTextEquals("blockReason"u8))
            {
                // More may follow; the end itself is the end of the bytes.
                reader.Read();
                IsComplete |= reader.TokenType == JsonTokenType.String && !reader.ValueTextEquals("FINISH_REASON_UNSPECIFIED"u8);
                verdict = EventVerdict.ForwardContent;
            }
            else if (reader.ValueTextEquals("text"u8))
            {
                reader.Read();
                OutputBytes += reader.TokenType == JsonTokenType.String ? JsonStrings.Utf8Length(ref reader) : 0;
            }
            else if (reader.ValueTextEquals("args"u8))
            {
                reader.Read();
                var start = reader.TokenStartIndex;
                reader.Skip();
                OutputBytes += reader.BytesConsumed - start;
            }
        }

        return verdict;
    }
}
