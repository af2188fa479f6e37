using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>What moves a price beside model and tokens, as platforms name it: what an answer got, or what a request asks for.</summary>
internal readonly record struct ServiceTerms(string? Tier, string? Speed, string? Geo)
{
    /// <summary>What the platform says it gave, which can be less than what was asked for.</summary>
    public static ServiceTerms Of(in TokenUsage usage) => new(usage.ServiceTier, usage.Speed, usage.Geo);
}
