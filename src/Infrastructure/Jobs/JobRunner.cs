using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Hosting;
using Gateway.Infrastructure.Redis;
using Medallion.Threading.Redis;
using MediatR;

namespace Gateway.Infrastructure.Jobs;

/// <summary>Runs every scheduled task at its interval. A lock in Redis keeps other instances out meanwhile; a second run would do no harm.</summary>
internal sealed partial class JobRunner(
    IEnumerable<IScheduledTask> tasks,
    IServiceScopeFactory scopes,
    DynamicConfigs configs,
    RedisConnection redis,
    Readiness readiness,
    TimeProvider clock,
    ILogger<JobRunner> logger) : BackgroundService
{
    // A new interval or switch counts within this time, without waiting for the old interval to end.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await readiness.WaitUntilStartedAsync(stoppingToken);
            await Task.WhenAll(tasks.Select(task => RepeatAsync(task, stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Also when the host gives up its start, which it would otherwise report as a failure of this service.
        }
    }

    private async Task RepeatAsync(IScheduledTask task, CancellationToken stoppingToken)
    {
        var last = clock.GetTimestamp();
        using var timer = new PeriodicTimer(Tick, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!task.IsEnabled(configs) || clock.GetElapsedTime(last) < task.Interval(configs))
            {
                continue;
            }

            last = clock.GetTimestamp();
            try
            {
                await RunLockedAsync(task, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.Failed(logger, exception, task.Name);
            }
        }
    }

    private async Task RunLockedAsync(IScheduledTask task, CancellationToken stoppingToken)
    {
        await using var handle = await new RedisDistributedLock(RedisKeys.Lock(task.Name), redis.Database).TryAcquireAsync(cancellationToken: stoppingToken);
        if (handle is null)
        {
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentUser>().ActAsGateway();
        var error = await task.RunAsync(scope.ServiceProvider.GetRequiredService<IMediator>(), stoppingToken);
        if (error is not null)
        {
            Log.Refused(logger, task.Name, error.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Scheduled task {Task} failed and is tried again at its next turn")]
        public static partial void Failed(ILogger logger, Exception exception, string task);

        [LoggerMessage(LogLevel.Warning, "Scheduled task {Task}: {Reason}")]
        public static partial void Refused(ILogger logger, string task, string reason);
    }
}
