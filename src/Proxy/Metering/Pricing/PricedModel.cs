using Gateway.Infrastructure;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>What a price is looked up by.</summary>
/// <param name="UpstreamModel">The model as it is named at its platform.</param>
/// <param name="RequestedModel">As the client names it, without a platform prefix.</param>
/// <param name="Region">The account's region; null: it has none.</param>
internal readonly record struct PricedModel(Platform Platform, string UpstreamModel, string RequestedModel, string? Region);
