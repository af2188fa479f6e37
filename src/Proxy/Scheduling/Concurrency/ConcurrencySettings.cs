using Gateway.Infrastructure.Configs;

namespace Gateway.Proxy.Scheduling.Concurrency;

/// <summary>How requests wait for a slot of an account or an API key.</summary>
internal sealed class ConcurrencySettings : IHaveSettings
{
    public static readonly Setting<int> QueueSeconds = new(
        "scheduling.queue_seconds", 10, "How long a request waits for a free slot of an API key or an account before it is refused, in seconds; 0: not at all.", SettingChecks.Between(0, 60));

    public static readonly Setting<int> QueueLength = new(
        "scheduling.queue_length", 100, "How many requests may wait for slots of one API key or one account; further ones are refused at once.", SettingChecks.Between(0, 10_000));

    public IEnumerable<Setting> Settings => [QueueSeconds, QueueLength];
}
