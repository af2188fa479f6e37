using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Jobs;
using MediatR;

namespace Gateway.Features.Sync.SyncUsage;

/// <summary>Sends <see cref="SyncUsageRequest"/> on a schedule.</summary>
internal sealed class SyncUsageTask : IScheduledTask, IHaveSettings
{
    public static readonly Setting<bool> Enabled = new("sync.enabled", true, "Whether usage is moved from Redis to the database on a schedule.");

    public static readonly Setting<int> IntervalSeconds = new(
        "sync.interval", 300, "Seconds between two moves of usage from Redis to the database.", SettingChecks.Between(1, 86_400));

    public string Name => "sync_usage";

    public IEnumerable<Setting> Settings => [Enabled, IntervalSeconds];

    public TimeSpan Interval(DynamicConfigs configs) => TimeSpan.FromSeconds(configs.Get(IntervalSeconds));

    public bool IsEnabled(DynamicConfigs configs) => configs.Get(Enabled);

    public async Task<GatewayError?> RunAsync(IMediator mediator, CancellationToken cancellationToken) =>
        (await mediator.Send(new SyncUsageRequest(), cancellationToken)).Error;
}
