namespace Gateway.Proxy.Metering.Pricing;

/// <summary>What one model costs on one platform, and what it can do.</summary>
internal sealed record ModelPrices : PriceSet
{
    public ModelPrices()
    {
    }

    /// <summary>These prices, for a model of which nothing else is said.</summary>
    public ModelPrices(PriceSet prices)
        : base(prices)
    {
    }

    /// <summary>The most input tokens the model accepts.</summary>
    public long? ContextWindow { get; init; }

    /// <summary>The most output tokens the model gives.</summary>
    public long? MaxOutputTokens { get; init; }

    /// <summary>
    /// What the model is for: chat, completion, embedding, image, audio, realtime, moderation, rerank or video.
    /// </summary>
    public string? Mode { get; init; }
}
