using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Jobs;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering.Store;
using MediatR;

namespace Gateway.Features.Usage.PruneLogs;

/// <summary>Deletes request logs and usage records that are older than the operator keeps them.</summary>
internal sealed partial class PruneLogsTask(LogRetention retention, DynamicConfigs configs, RedisClock clock, ILogger<PruneLogsTask> logger) : IScheduledTask
{
    public string Name => "prune_logs";

    public TimeSpan Interval(DynamicConfigs configs) => TimeSpan.FromHours(1);

    /// <summary>There is no message: nobody asks for this but the schedule.</summary>
    public async Task<GatewayError?> RunAsync(IMediator mediator, CancellationToken cancellationToken)
    {
        var logs = configs.Get(RetentionSettings.RequestLogDays) is > 0 and var logDays ? await retention.PruneRequestLogsAsync(Before(logDays), cancellationToken) : 0;
        var records = configs.Get(RetentionSettings.UsageRecordDays) is > 0 and var recordDays ? await retention.PruneUsageRecordsAsync(Before(recordDays), cancellationToken) : 0;
        if (logs + records > 0)
        {
            Log.Pruned(logger, logs, records);
        }

        return null;
    }

    private DateTime Before(int days) => clock.UtcNow.AddDays(-days);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Deleted {Logs} request logs and {Records} usage records that are older than they are kept")]
        public static partial void Pruned(ILogger logger, int logs, int records);
    }
}
