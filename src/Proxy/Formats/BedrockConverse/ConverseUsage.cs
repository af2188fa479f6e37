using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.BedrockConverse;

/// <summary>Converse's <c>usage</c> into disjoint counters: <c>inputTokens</c> has neither what was read from a cache nor what was written to one.</summary>
/// <remarks>Source: Amazon Bedrock API reference, TokenUsage and CacheDetail, read 2026-11.</remarks>
internal static class ConverseUsage
{
    public static void Read(JsonElement json, ref TokenUsage usage)
    {
        usage.InputTokens = Later(usage.InputTokens, Count(json, "inputTokens"));
        usage.OutputTokens = Count(json, "outputTokens") ?? usage.OutputTokens;
        usage.CacheReadTokens = Later(usage.CacheReadTokens, Count(json, "cacheReadInputTokens"));
        long hour = 0;
        foreach (var detail in json.Items("cacheDetails"))
        {
            hour += detail.Text("ttl") == "1h" ? Count(detail, "inputTokens") ?? 0 : 0;
        }

        if (Count(json, "cacheWriteInputTokens") is { } written)
        {
            // The details split the sum. What is not said to live for an hour lives for five minutes.
            hour = Math.Min(hour, written);
            usage.CacheWrite1hTokens = Later(usage.CacheWrite1hTokens, hour);
            usage.CacheWrite5mTokens = Later(usage.CacheWrite5mTokens, written - hour);
        }
    }

    /// <summary>A later 0 does not take back what was reported.</summary>
    private static long? Later(long? known, long? read) => read is null || (read == 0 && known > 0) ? known : read;

    private static long? Count(JsonElement json, string name) =>
        json.Get(name) is { ValueKind: JsonValueKind.Number } value
            ? (long)Math.Clamp(value.TryGetInt64(out var count) ? count : value.GetDouble(), 0, JsonNumbers.MostCount)
            : null;
}
