namespace Gateway.Proxy.Metering.Limits;

/// <summary>How far a limit is used, in its measure.</summary>
/// <param name="Used">By requests that have ended.</param>
/// <param name="Reserved">By requests under way, the present one among them.</param>
internal readonly record struct UsedOfLimit(LimitRule Rule, LimitWindow Window, long Used, long Reserved)
{
    /// <summary>What is left for further requests; never below zero.</summary>
    public long Left => Math.Max(0, Rule.Limit - Used - Reserved);
}
