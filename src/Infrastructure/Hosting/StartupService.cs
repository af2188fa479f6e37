using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Redis;
using Gateway.Infrastructure.Secrets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Gateway.Infrastructure.Hosting;

/// <summary>Work that a part does once, after database, key ring and caches are there and before the first request.</summary>
/// <remarks>Run again when the database failed it half-way: whatever it did by then must bear that.</remarks>
internal interface IStartupStep
{
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>What happens between listening and being ready. A database that is away means not ready, never a crash.</summary>
internal sealed partial class StartupService(
    DatabaseStart database,
    RingCheck ringCheck,
    SecretRing ring,
    RedisConnection redis,
    CacheRefresher caches,
    IEnumerable<IStartupStep> steps,
    Readiness readiness,
    IHostApplicationLifetime lifetime,
    IServer server,
    TimeProvider clock,
    ILogger<StartupService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var started = clock.GetTimestamp();
            var connecting = redis.ConnectAsync();
            await Task.Run(() => database.MigrateAsync(stoppingToken), stoppingToken);
            await database.InsistAsync(ringCheck.RunAsync, stoppingToken);
            await database.InsistAsync(ring.LoadAsync, stoppingToken);
            await connecting;
            await database.InsistAsync(caches.RefreshAsync, stoppingToken);
            foreach (var step in steps)
            {
                await database.InsistAsync(step.RunAsync, stoppingToken);
            }

            readiness.MarkStarted();
            await Console.Out.WriteLineAsync($"Gateway listening on {string.Join(", ", await Addresses())}");
            Log.Ready(logger, clock.GetElapsedTime(started).TotalMilliseconds);
            await caches.PollAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (StartupException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    // The server starts after the services that are registered before it, and knows its port only then.
    private async Task<IEnumerable<string>> Addresses()
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(listening.SetResult);
        await listening.Task;
        return server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Ready after {ElapsedMs:0} ms")]
        public static partial void Ready(ILogger logger, double elapsedMs);

        [LoggerMessage(LogLevel.Critical, "The gateway cannot start")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
