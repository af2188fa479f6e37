using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAi;

/// <summary>OpenAI's <c>usage</c> object into disjoint counters.</summary>
/// <remarks>
/// Chat completions and responses have other names for the same: prompt_tokens (input_tokens) includes cached and written tokens, completion_tokens
/// (output_tokens) includes reasoning (OpenAI API reference, read 2026-11).
/// </remarks>
internal static class OpenAiUsage
{
    /// <param name="reader">At the value of <c>usage</c>; left at its end.</param>
    public static void Read(ref Utf8JsonReader reader, ref TokenUsage usage)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        long? prompt = null, completion = null, cached = null, written = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("prompt_tokens"u8) || reader.ValueTextEquals("input_tokens"u8))
            {
                prompt = JsonNumbers.ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("completion_tokens"u8) || reader.ValueTextEquals("output_tokens"u8))
            {
                completion = JsonNumbers.ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("prompt_tokens_details"u8) || reader.ValueTextEquals("input_tokens_details"u8))
            {
                ReadPromptDetails(ref reader, ref usage, ref cached, ref written);
            }
            else if (reader.ValueTextEquals("completion_tokens_details"u8) || reader.ValueTextEquals("output_tokens_details"u8))
            {
                ReadCompletionDetails(ref reader, ref usage);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (prompt is { } total)
        {
            usage.CacheReadTokens = cached ?? usage.CacheReadTokens;
            usage.CacheWriteOtherTokens = written ?? usage.CacheWriteOtherTokens;
            usage.InputTokens = Math.Max(0, total - (usage.CacheReadTokens ?? 0) - (usage.CacheWriteOtherTokens ?? 0));
        }

        usage.OutputTokens = completion ?? usage.OutputTokens;
    }

    private static void ReadPromptDetails(ref Utf8JsonReader reader, ref TokenUsage usage, ref long? cached, ref long? written)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("cached_tokens"u8))
            {
                cached = JsonNumbers.ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("cache_write_tokens"u8))
            {
                written = JsonNumbers.ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("audio_tokens"u8))
            {
                usage.InputAudioTokens = JsonNumbers.ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("image_tokens"u8))
            {
                usage.InputImageTokens = JsonNumbers.ReadCount(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private static void ReadCompletionDetails(ref Utf8JsonReader reader, ref TokenUsage usage)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("reasoning_tokens"u8))
            {
                usage.ReasoningTokens = JsonNumbers.ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("audio_tokens"u8))
            {
                usage.OutputAudioTokens = JsonNumbers.ReadCount(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }
}
