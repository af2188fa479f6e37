using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Hosting;
using Gateway.Infrastructure.Redis;
using Medallion.Threading.Redis;
using MediatR;

namespace Gateway.Infrastructure.Jobs;

/// <summary>
/// Runs every scheduled task at its interval. A lock in Redis keeps other instances out meanwhile, where the task wants that; while Redis is away there is
/// no lock, since a second run does no harm.
/// </summary>
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

    // Between two runs of a task that is due early: its reason may be one that a run cannot remove.
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(10);

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
            var elapsed = clock.GetElapsedTime(last);
            if (!task.IsEnabled(configs) || (elapsed < task.Interval(configs) && !(task.IsDueEarly && elapsed >= LeastInterval)))
            {
                continue;
            }

            last = clock.GetTimestamp();
            try
            {
                await TakeTurnAsync(task, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.Failed(logger, exception, task.Name);
            }
        }
    }

    private async Task TakeTurnAsync(IScheduledTask task, CancellationToken stoppingToken)
    {
        if (task.RunsOnEveryInstance)
        {
            await RunAsync(task, stoppingToken);
            return;
        }

        RedisDistributedLockHandle? handle = null;
        try
        {
            handle = await new RedisDistributedLock(RedisKeys.Lock(task.Name), redis.Database).TryAcquireAsync(cancellationToken: stoppingToken);
            if (handle is null)
            {
                return;
            }
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.WithoutLock(logger, task.Name, exception.Message);
        }

        await using (handle)
        {
            await RunAsync(task, stoppingToken);
        }
    }

    private async Task RunAsync(IScheduledTask task, CancellationToken stoppingToken)
    {
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

        [LoggerMessage(LogLevel.Warning, "Scheduled task {Task} runs without a lock: {Reason}")]
        public static partial void WithoutLock(ILogger logger, string task, string reason);

        [LoggerMessage(LogLevel.Warning, "Scheduled task {Task}: {Reason}")]
        public static partial void Refused(ILogger logger, string task, string reason);
    }
}
