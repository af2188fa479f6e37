using Gateway.Infrastructure.Configs;

namespace Gateway.Proxy.Metering.Store;

/// <summary>How long single requests are kept. Sums are kept for ever.</summary>
internal sealed class RetentionSettings : IHaveSettings
{
    // What is not synced yet, or lies in the spool of an instance that is down, must not come back to a database that has forgotten it: it would be counted twice.
    private const int LeastDays = 30;
    private const int MostDays = 3650;

    public static readonly Setting<int> RequestLogDays = new(
        "retention.request_log_days", 90, $"Days after which request logs are deleted, at least {LeastDays}; 0: never.", IsDays);

    public static readonly Setting<int> UsageRecordDays = new(
        "retention.usage_record_days",
        0,
        $"Days after which usage records are deleted, at least {LeastDays}; 0: never. Hourly and daily sums stay: figures of older times are then exact to the hour.",
        IsDays);

    public IEnumerable<Setting> Settings => [RequestLogDays, UsageRecordDays];

    private static string? IsDays(int days) => days == 0 || days is >= LeastDays and <= MostDays ? null : $"Must be 0, or between {LeastDays} and {MostDays}.";
}
