using Gateway.Infrastructure.Configs;

namespace Gateway.Proxy.Metering;

internal sealed class MeteringSettings : IHaveSettings
{
    public static readonly Setting<bool> ChargeFailed = new(
        "billing.charge_failed", false, "Whether a key is billed for requests that an upstream failed. What they cost is recorded either way.");

    public IEnumerable<Setting> Settings => [ChargeFailed];
}
