using System.Text.Json;
using Gateway.Proxy.Formats.OpenAi;

namespace Gateway.Proxy.Formats.OpenAiChat;

/// <summary>Reads usage and the end of a chat completion.</summary>
/// <param name="keepUsageChunk">Whether the client asked for the chunk with usage and no choices.</param>
internal sealed class OpenAiChatReader(bool keepUsageChunk) : AnswerReader
{
    private bool _sawFinish;

    protected override EventVerdict ReadData(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8))
        {
            IsComplete = true;
            return EventVerdict.Forward;
        }

        return ReadChunk(data);
    }

    protected override void ReadMessage(ReadOnlySpan<byte> body) => ReadChunk(body);

    private EventVerdict ReadChunk(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        var choices = 0;
        var hasUsage = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("choices"u8))
            {
                reader.Read();
                choices = ReadChoices(ref reader);
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                hasUsage = reader.TokenType == JsonTokenType.StartObject;
                OpenAiUsage.Read(ref reader, ref Usage);
            }
            else if (reader.ValueTextEquals("service_tier"u8))
            {
                reader.Read();
                Usage.ServiceTier = reader.TokenType == JsonTokenType.String ? reader.GetString() : Usage.ServiceTier;
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.Null)
                {
                    Failure = OpenAiErrors.Read(ref reader);
                    return EventVerdict.Failed;
                }
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        // The chunk that was only asked for by the gateway. Azure's first chunk has no choices either, but no usage.
        IsComplete |= _sawFinish && hasUsage;
        return choices > 0 ? EventVerdict.ForwardContent : hasUsage && !keepUsageChunk ? EventVerdict.Drop : EventVerdict.Forward;
    }

    private int ReadChoices(ref Utf8JsonReader reader)
    {
        var count = 0;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return 0;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            count++;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("finish_reason"u8))
                {
                    reader.Read();
                    _sawFinish |= reader.TokenType == JsonTokenType.String;
                }
                else if (reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("message"u8))
                {
                    reader.Read();
                    CountOutput(ref reader);
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
        }

        IsComplete |= _sawFinish;
        return count;
    }

    /// <summary>Adds up the strings that the model wrote: content, reasoning, refusals, tool names and arguments.</summary>
    private void CountOutput(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        var depth = reader.CurrentDepth;
        var counts = false;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                counts = reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("arguments"u8) || reader.ValueTextEquals("reasoning_content"u8)
                    || reader.ValueTextEquals("refusal"u8) || reader.ValueTextEquals("name"u8) || reader.ValueTextEquals("text"u8);
            }
            else if (counts && reader.TokenType == JsonTokenType.String)
            {
                OutputBytes += JsonStrings.Utf8Length(ref reader);
            }
        }
    }
}
