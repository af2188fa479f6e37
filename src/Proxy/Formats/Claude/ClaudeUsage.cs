using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Claude;

/// <summary>Claude's <c>usage</c> object into disjoint counters.</summary>
/// <remarks>
/// input_tokens is uncached input only; output_tokens includes thinking; a stream's counters are cumulative: a later one replaces, and a later 0 does not
/// take back an input that was reported (Anthropic API reference, streaming, read 2026-11).
/// </remarks>
internal static class ClaudeUsage
{
    /// <param name="reader">At the value of <c>usage</c>; left at its end.</param>
    public static void Read(ref Utf8JsonReader reader, ref TokenUsage usage)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        long? written = null, written5m = null, written1h = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("input_tokens"u8))
            {
                usage.InputTokens = Later(usage.InputTokens, JsonNumbers.ReadCount(ref reader));
            }
            else if (reader.ValueTextEquals("output_tokens"u8))
            {
                usage.OutputTokens = JsonNumbers.ReadCount(ref reader) ?? usage.OutputTokens;
            }
            else if (reader.ValueTextEquals("cache_read_input_tokens"u8))
            {
                usage.CacheReadTokens = Later(usage.CacheReadTokens, JsonNumbers.ReadCount(ref reader));
            }
            else if (reader.ValueTextEquals("cache_creation_input_tokens"u8))
            {
                written = JsonNumbers.ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("cache_creation"u8))
            {
                ReadLifetimes(ref reader, ref written5m, ref written1h);
            }
            else if (reader.ValueTextEquals("output_tokens_details"u8))
            {
                usage.ReasoningTokens = ReadMember(ref reader, "thinking_tokens"u8) ?? usage.ReasoningTokens;
            }
            else if (reader.ValueTextEquals("server_tool_use"u8))
            {
                usage.WebSearchCalls = ReadMember(ref reader, "web_search_requests"u8) ?? usage.WebSearchCalls;
            }
            else if (reader.ValueTextEquals("service_tier"u8))
            {
                usage.ServiceTier = ReadText(ref reader) ?? usage.ServiceTier;
            }
            else if (reader.ValueTextEquals("inference_geo"u8))
            {
                usage.Geo = ReadText(ref reader) ?? usage.Geo;
            }
            else if (reader.ValueTextEquals("speed"u8))
            {
                usage.Speed = ReadText(ref reader) ?? usage.Speed;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (written5m is not null || written1h is not null)
        {
            usage.CacheWrite5mTokens = Later(usage.CacheWrite5mTokens, written5m);
            usage.CacheWrite1hTokens = Later(usage.CacheWrite1hTokens, written1h);
        }
        else if (written is not null && written != usage.CacheWriteTokens)
        {
            // Without the split all of it has the usual lifetime; a split that came earlier and has the same sum stays.
            usage.CacheWrite5mTokens = Later(usage.CacheWrite5mTokens, written);
        }
    }

    private static long? Later(long? known, long? read) => read is null || (read == 0 && known > 0) ? known : read;

    private static void ReadLifetimes(ref Utf8JsonReader reader, ref long? written5m, ref long? written1h)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("ephemeral_5m_input_tokens"u8))
            {
                written5m = JsonNumbers.ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("ephemeral_1h_input_tokens"u8))
            {
                written1h = JsonNumbers.ReadCount(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private static long? ReadMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> member)
    {
        reader.Read();
        long? value = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(member))
            {
                value = JsonNumbers.ReadCount(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return value;
    }

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        reader.Skip();
        return text;
    }
}
