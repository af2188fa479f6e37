using Gateway.Infrastructure.Configs;

namespace Gateway.Proxy.Metering;

internal sealed class MeteringSettings : IHaveSettings
{
    public static readonly Setting<bool> ChargeFailed = new(
        "billing.charge_failed", false, "Whether a key is billed for requests that an upstream failed. What they cost is recorded either way.");

    public static readonly Setting<int> UnstatedOutputTokens = new(
        "metering.unstated_output_tokens",
        8192,
        "How many output tokens are reserved for a request that does not limit them itself (max_tokens), up to what its model can give.",
        SettingChecks.Between(1, 1_000_000));

    public static readonly Setting<int> ProgressSeconds = new(
        "metering.progress_seconds",
        5,
        "How often a long stream's usage so far is written to the local disk: what a gateway that is killed has not written of it is missing from the estimate; 0: never.",
        SettingChecks.Between(0, 3600));

    public static readonly Setting<int> OfflineSeconds = new(
        "metering.offline_seconds",
        60,
        "How long keys with limits are still served while Redis is away, from what was left to them when it was last heard of, shared among the instances; 0: not at all.",
        SettingChecks.Between(0, 3600));

    public IEnumerable<Setting> Settings => [ChargeFailed, UnstatedOutputTokens, ProgressSeconds, OfflineSeconds];
}
