using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Claude;

/// <summary>Reads usage and the end of a Claude message.</summary>
internal sealed class ClaudeReader : AnswerReader
{
    protected override EventVerdict ReadData(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data) => Read(data, isWholeMessage: false);

    protected override void ReadMessage(ReadOnlySpan<byte> body) => Read(body, isWholeMessage: true);

    private EventVerdict Read(ReadOnlySpan<byte> data, bool isWholeMessage)
    {
        var reader = new Utf8JsonReader(data);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        var verdict = EventVerdict.Forward;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.String)
                {
                    throw new JsonException();
                }

                if (reader.ValueTextEquals("message_stop"u8))
                {
                    IsComplete = true;
                }
                else if (reader.ValueTextEquals("error"u8))
                {
                    Failure ??= new Failure(FailureKind.Server, "The upstream failed without a message.");
                    verdict = EventVerdict.Failed;
                }
                else if (reader.ValueTextEquals("message_start"u8) || reader.ValueTextEquals("content_block_start"u8) || reader.ValueTextEquals("content_block_delta"u8))
                {
                    verdict = EventVerdict.ForwardContent;
                }
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                HasFinalUsage = reader.TokenType == JsonTokenType.StartObject; // Only message_delta has it here, and a whole message.
                ClaudeUsage.Read(ref reader, ref Usage);
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                ReadStartedMessage(ref reader);
            }
            else if (reader.ValueTextEquals("delta"u8) || (isWholeMessage && reader.ValueTextEquals("content"u8)))
            {
                reader.Read();
                CountOutput(ref reader);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                Failure = ClaudeErrors.Read(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return verdict;
    }

    private void ReadStartedMessage(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = reader.ValueTextEquals("usage"u8);
            reader.Read();
            if (isUsage)
            {
                ClaudeUsage.Read(ref reader, ref Usage);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    /// <summary>Adds up the strings that the model wrote: text, thinking and tool input.</summary>
    private void CountOutput(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            reader.Skip();
            return;
        }

        var depth = reader.CurrentDepth;
        var (counts, isSignature) = (false, false);
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                isSignature = reader.ValueTextEquals("signature"u8);
                counts = reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("partial_json"u8) || reader.ValueTextEquals("thinking"u8);
            }
            else if (counts && reader.TokenType == JsonTokenType.String)
            {
                OutputBytes += JsonStrings.Utf8Length(ref reader);
            }
            else if (isSignature && SignatureHash.Of(ref reader) is { } signature)
            {
                Signatures.Add(signature);
            }
        }
    }
}
