using System.Text.Json.Serialization;
using Gateway.Infrastructure.Json;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>
/// Prices in US dollars per 1,000,000 tokens, by kind of token. An absent price is not zero: it is unknown, or no other than that of text.
/// </summary>
[OmitNulls]
public abstract record PriceRates
{
    /// <summary>Input text that was neither read from nor written to a prompt cache.</summary>
    public decimal? Input { get; init; }

    /// <summary>Output text.</summary>
    public decimal? Output { get; init; }

    /// <summary>Reasoning tokens; absent where they cost what output costs.</summary>
    public decimal? ReasoningOutput { get; init; }

    /// <summary>Input read from the prompt cache. Absent: charged as input, and the cost marked incomplete.</summary>
    public decimal? CacheRead { get; init; }

    /// <summary>Input written to the cache for five minutes, or to a cache that has one price and no lifetimes.</summary>
    [JsonPropertyName("cache_write_5m")]   // the snake_case policy would write cache_write5m
    public decimal? CacheWrite5m { get; init; }

    /// <summary>Input written to the cache for one hour.</summary>
    [JsonPropertyName("cache_write_1h")]
    public decimal? CacheWrite1h { get; init; }

    /// <summary>Audio in the input; absent: as input.</summary>
    public decimal? AudioInput { get; init; }

    /// <summary>Audio in the output; absent: as output.</summary>
    public decimal? AudioOutput { get; init; }

    /// <summary>Audio read from the cache; absent: as cache_read.</summary>
    public decimal? AudioCacheRead { get; init; }

    /// <summary>Images in the input; absent: as input.</summary>
    public decimal? ImageInput { get; init; }

    /// <summary>Images in the output; absent: as output.</summary>
    public decimal? ImageOutput { get; init; }

    /// <summary>Video in the output; absent: as output.</summary>
    public decimal? VideoOutput { get; init; }

    internal decimal? Of(RateKind kind) => kind switch
    {
        RateKind.Input => Input,
        RateKind.Output => Output,
        RateKind.ReasoningOutput => ReasoningOutput,
        RateKind.CacheRead => CacheRead,
        RateKind.CacheWrite5m => CacheWrite5m,
        RateKind.CacheWrite1h => CacheWrite1h,
        RateKind.AudioInput => AudioInput,
        RateKind.AudioOutput => AudioOutput,
        RateKind.AudioCacheRead => AudioCacheRead,
        RateKind.ImageInput => ImageInput,
        RateKind.ImageOutput => ImageOutput,
        RateKind.VideoOutput => VideoOutput,
        _ => null,
    };
}
