namespace Gateway.Proxy.Metering.Spool;

/// <summary>Brings what was written to the spool to the disk, many records with one fsync, and finds out when a spool that failed can be written again.</summary>
internal sealed class SpoolUpkeep(UsageSpool spool, TimeProvider clock) : BackgroundService
{
    // What a power cut may take. Each fsync gathers what comes within it: 50 of them a second instead of one for every request.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(FlushAsync(stoppingToken), ProbeAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task FlushAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await spool.WaitUntilWrittenAsync(stoppingToken);
            await Task.Delay(Gathering, clock, stoppingToken);
            spool.Flush();
        }
    }

    private async Task ProbeAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ProbeInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            spool.Probe();
        }
    }
}
