using Gateway.Infrastructure.Configs;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>What models cost that have no price.</summary>
internal sealed class PricingSettings : IHaveSettings
{
    private const decimal MostUsdPerMillion = 100_000;

    public static readonly Setting<string> Unknown = new(
        "pricing.unknown",
        "ceiling",
        "Models without a price: ceiling bills them at pricing.unknown_input_usd and pricing.unknown_output_usd, refuse does not serve them, free bills nothing.",
        SettingChecks.OneOf("ceiling", "refuse", "free"));

    public static readonly Setting<decimal> UnknownInputUsd = new(
        "pricing.unknown_input_usd", 15, "US dollars per 1,000,000 input tokens of a model without a price.", IsPrice);

    public static readonly Setting<decimal> UnknownOutputUsd = new(
        "pricing.unknown_output_usd", 75, "US dollars per 1,000,000 output tokens of a model without a price.", IsPrice);

    public IEnumerable<Setting> Settings => [Unknown, UnknownInputUsd, UnknownOutputUsd];

    private static string? IsPrice(decimal usd) => usd is >= 0 and <= MostUsdPerMillion ? null : $"Must be between 0 and {MostUsdPerMillion}.";
}
