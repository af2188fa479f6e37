using System.Text.Json;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Formats.Gemini;

/// <summary>Gemini's <c>usageMetadata</c> into disjoint counters. Holds what the answer reported so far; one per answer.</summary>
/// <remarks>
/// promptTokenCount includes cached tokens and excludes what tools put in, candidatesTokenCount excludes thoughts; every chunk has cumulative figures: a later
/// one replaces, and a later 0 does not take back an input that was reported (Gemini API reference, UsageMetadata, read 2026-11).
/// </remarks>
internal struct GeminiUsage
{
    private long? _prompt;
    private long? _cached;
    private long? _toolUse;
    private long? _candidates;
    private long? _thoughts;
    private Modalities _promptBy;
    private Modalities _cachedBy;
    private Modalities _candidatesBy;

    /// <param name="reader">At the value of <c>usageMetadata</c>; left at its end.</param>
    public void Read(ref Utf8JsonReader reader, ref TokenUsage usage)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("promptTokenCount"u8))
            {
                _prompt = Later(_prompt, JsonNumbers.ReadCount(ref reader));
            }
            else if (reader.ValueTextEquals("cachedContentTokenCount"u8))
            {
                _cached = Later(_cached, JsonNumbers.ReadCount(ref reader));
            }
            else if (reader.ValueTextEquals("toolUsePromptTokenCount"u8))
            {
                _toolUse = Later(_toolUse, JsonNumbers.ReadCount(ref reader));
            }
            else if (reader.ValueTextEquals("candidatesTokenCount"u8))
            {
                _candidates = JsonNumbers.ReadCount(ref reader) ?? _candidates;
            }
            else if (reader.ValueTextEquals("thoughtsTokenCount"u8))
            {
                _thoughts = JsonNumbers.ReadCount(ref reader) ?? _thoughts;
            }
            else if (reader.ValueTextEquals("promptTokensDetails"u8))
            {
                _promptBy.Read(ref reader);
            }
            else if (reader.ValueTextEquals("cacheTokensDetails"u8))
            {
                _cachedBy.Read(ref reader);
            }
            else if (reader.ValueTextEquals("candidatesTokensDetails"u8))
            {
                _candidatesBy.Read(ref reader);
            }
            else if (reader.ValueTextEquals("serviceTier"u8))
            {
                reader.Read();
                usage.ServiceTier = reader.TokenType == JsonTokenType.String ? reader.GetString()!.ToLowerInvariant() : usage.ServiceTier;
                reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        Apply(ref usage);
    }

    private readonly void Apply(ref TokenUsage usage)
    {
        if (_prompt is not null || _toolUse is not null)
        {
            usage.InputTokens = Math.Max(0, (_prompt ?? 0) - (_cached ?? 0)) + (_toolUse ?? 0);
        }

        usage.CacheReadTokens = _cached;
        if (_candidates is not null || _thoughts is not null)
        {
            usage.OutputTokens = (_candidates ?? 0) + (_thoughts ?? 0);
        }

        usage.ReasoningTokens = _thoughts;
        usage.InputAudioTokens = Uncached(_promptBy.Audio, _cachedBy.Audio);
        usage.InputImageTokens = Uncached(_promptBy.Image, _cachedBy.Image);
        usage.CacheReadAudioTokens = _cachedBy.Audio;
        usage.OutputAudioTokens = _candidatesBy.Audio;
        usage.OutputImageTokens = _candidatesBy.Image;
    }

    private static long? Uncached(long? all, long? cached) => all is { } count ? Math.Max(0, count - (cached ?? 0)) : null;

    private static long? Later(long? known, long? read) => read is null || (read == 0 && known > 0) ? known : read;

    /// <summary>The counts of <c>[{modality, tokenCount}]</c> that have a price of their own.</summary>
    private struct Modalities
    {
        public long? Audio { get; private set; }

        public long? Image { get; private set; }

        /// <param name="reader">At the property's name; left at the end of its value.</param>
        public void Read(ref Utf8JsonReader reader)
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                return;
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                ReadOne(ref reader);
            }
        }

        private void ReadOne(ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                return;
            }

            var isAudio = false;
            var isImage = false;
            long? count = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("modality"u8))
                {
                    reader.Read();
                    isAudio = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("AUDIO"u8);
                    isImage = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("IMAGE"u8);
                    reader.Skip();
                }
                else if (reader.ValueTextEquals("tokenCount"u8))
                {
                    count = JsonNumbers.ReadCount(ref reader);
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }

            Audio = isAudio ? count ?? Audio : Audio;
            Image = isImage ? count ?? Image : Image;
        }
    }
}
