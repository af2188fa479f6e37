using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.OpenAiResponses;

internal static class ResponsesUsage
{
    /// <summary>The <c>usage</c> object; null when nothing is known.</summary>
    public static void Write(Utf8JsonWriter writer, in TokenUsage usage)
    {
        if (!usage.IsReported)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        writer.WriteNumber("input_tokens"u8, usage.TotalInputTokens);
        writer.WriteStartObject("input_tokens_details"u8);
        writer.WriteNumber("cached_tokens"u8, usage.CacheReadTokens ?? 0);
        if (usage.CacheWriteTokens > 0)
        {
            writer.WriteNumber("cache_write_tokens"u8, usage.CacheWriteTokens);
        }

        writer.WriteEndObject();
        writer.WriteNumber("output_tokens"u8, usage.OutputTokens ?? 0);
        writer.WriteStartObject("output_tokens_details"u8);
        writer.WriteNumber("reasoning_tokens"u8, usage.ReasoningTokens ?? 0);
        writer.WriteEndObject();
        writer.WriteNumber("total_tokens"u8, usage.TotalInputTokens + (usage.OutputTokens ?? 0));
        writer.WriteEndObject();
    }
}
