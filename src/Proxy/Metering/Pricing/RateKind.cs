namespace Gateway.Proxy.Metering.Pricing;

/// <summary>The kinds of token that a platform can price apart.</summary>
internal enum RateKind
{
    Input,
    Output,
    ReasoningOutput,
    CacheRead,
    CacheWrite5m,
    CacheWrite1h,
    AudioInput,
    AudioOutput,
    AudioCacheRead,
    ImageInput,
    ImageOutput,
    VideoOutput,
}

/// <summary>What a kind of token is called, and what it costs where its own price is absent.</summary>
internal static class RateKinds
{
    public static IReadOnlyList<RateKind> All { get; } = Enum.GetValues<RateKind>();

    /// <summary>The name in JSON and on a line of a bill.</summary>
    public static string Name(this RateKind kind) => kind switch
    {
        RateKind.Input => "input",
        RateKind.Output => "output",
        RateKind.ReasoningOutput => "reasoning_output",
        RateKind.CacheRead => "cache_read",
        RateKind.CacheWrite5m => "cache_write_5m",
        RateKind.CacheWrite1h => "cache_write_1h",
        RateKind.AudioInput => "audio_input",
        RateKind.AudioOutput => "audio_output",
        RateKind.AudioCacheRead => "audio_cache_read",
        RateKind.ImageInput => "image_input",
        RateKind.ImageOutput => "image_output",
        RateKind.VideoOutput => "video_output",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>
    /// The kind whose price is meant when this one has none, because makers list a kind apart only where it costs other than text.
    /// A cache price has no such stand-in: its absence is a gap in our knowledge.
    /// </summary>
    public static RateKind? PricedAs(this RateKind kind) => kind switch
    {
        RateKind.AudioInput or RateKind.ImageInput => RateKind.Input,
        RateKind.ReasoningOutput or RateKind.AudioOutput or RateKind.ImageOutput or RateKind.VideoOutput => RateKind.Output,
        RateKind.AudioCacheRead => RateKind.CacheRead,
        _ => null,
    };
}
