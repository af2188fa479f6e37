using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Jobs;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering.Store;
using MediatR;

namespace Gateway.Features.Usage.CheckTotals;

/// <summary>Compares the sums of the last days with their records, and reports what differs: that never happens, unless somebody changed the tables by hand.</summary>
internal sealed partial class CheckTotalsTask(UsageTotalsCheck check, RedisClock clock, ILogger<CheckTotalsTask> logger) : IScheduledTask
{
    private const int Days = 3;

    public string Name => "check_totals";

    public TimeSpan Interval(DynamicConfigs configs) => TimeSpan.FromHours(6);

    /// <summary>There is no message: nobody asks for this but the schedule.</summary>
    public async Task<GatewayError?> RunAsync(IMediator mediator, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(clock.UtcNow);
        for (var i = 0; i < Days; i++)
        {
            foreach (var drift in await check.FindDriftAsync(today.AddDays(-i), cancellationToken))
            {
                Log.Drift(logger, drift.Table, drift.PeriodUtc, drift.ApiKeyId, drift.AccountId, drift.Model, drift.Missing.Requests, drift.Missing.BilledNanoUsd);
            }
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Error,
            "{Table} of {Period}, API key {ApiKeyId}, account {AccountId}, model {Model} differs from its records: {Requests} requests and {BilledNanoUsd} billed nano-USD are missing. POST /api/admin/usage/rebuild makes it anew.")]
        public static partial void Drift(ILogger logger, string table, DateTime period, long apiKeyId, long accountId, string model, long requests, long billedNanoUsd);
    }
}
