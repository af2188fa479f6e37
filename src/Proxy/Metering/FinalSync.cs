namespace Gateway.Proxy.Metering;

/// <summary>The last sync of a process that ends properly: its Redis may be its own, and ends with it.</summary>
internal sealed partial class FinalSync(UsageSync sync, Infrastructure.Hosting.Readiness readiness, ILogger<FinalSync> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!readiness.IsStarted)
        {
            return;
        }

        try
        {
            await sync.MoveAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The last sync failed; the next start delivers what is in the spool")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
