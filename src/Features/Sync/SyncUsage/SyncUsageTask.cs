using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Jobs;
using Gateway.Proxy.Metering;
using MediatR;

namespace Gateway.Features.Sync.SyncUsage;

/// <summary>Sends <see cref="SyncUsageRequest"/> on a schedule.</summary>
internal sealed class SyncUsageTask(UsageQueue queue) : IScheduledTask, IHaveSettings
{
    // Usage queries read the whole queue: some 75 ms for so many entries.
    private const int EarlyQueueLength = 5000;

    public static readonly Setting<bool> Enabled = new("sync.enabled", true, "Whether usage is moved from Redis to the database on a schedule.");

    public static readonly Setting<int> IntervalSeconds = new(
        "sync.interval", 300, "Seconds between two moves of usage from Redis to the database; a long queue is moved earlier.", SettingChecks.Between(1, 86_400));

    public string Name => "sync_usage";

    /// <summary>The spool lies on the disk of its instance; the queue, which is everybody's, has a lock of its own.</summary>
    public bool RunsOnEveryInstance => true;

    public bool IsDueEarly => queue.LastKnownLength >= EarlyQueueLength;

    public IEnumerable<Setting> Settings => [Enabled, IntervalSeconds];

    public TimeSpan Interval(DynamicConfigs configs) => TimeSpan.FromSeconds(configs.Get(IntervalSeconds));

    public bool IsEnabled(DynamicConfigs configs) => configs.Get(Enabled);

    public async Task<GatewayError?> RunAsync(IMediator mediator, CancellationToken cancellationToken) =>
        (await mediator.Send(new SyncUsageRequest(), cancellationToken)).Error;
}
