using System.Runtime.InteropServices;

namespace Gateway.Infrastructure.Hosting;

/// <summary>
/// Ctrl-C (SIGINT) is a person who waits: streams get 4 seconds. SIGTERM is an orchestrator: load balancers get time to notice, streams get two minutes.
/// A second signal ends streams at once.
/// </summary>
internal sealed class SignalLifetime(IHostApplicationLifetime lifetime, Shutdown shutdown, Readiness readiness, GatewayOptions options, TimeProvider clock)
    : IHostLifetime, IDisposable
{
    private const int InterruptDrainSeconds = 4;
    private const int TerminateDrainSeconds = 120;
    private static readonly TimeSpan ReadinessWait = TimeSpan.FromSeconds(5);

    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, InterruptDrainSeconds, TimeSpan.Zero)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => OnSignal(context, InterruptDrainSeconds, TimeSpan.Zero)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, TerminateDrainSeconds, ReadinessWait)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void OnSignal(PosixSignalContext context, int drainSeconds, TimeSpan wait)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
        {
            shutdown.EndStreams();
            lifetime.StopApplication();
            return;
        }

        readiness.MarkStopping();
        _ = StopAsync(drainSeconds, wait);
    }

    private async Task StopAsync(int drainSeconds, TimeSpan wait)
    {
        // A configured drain of 0 means that nobody is to be waited for, load balancers included.
        if (wait > TimeSpan.Zero && options.DrainSeconds != 0)
        {
            await Task.Delay(wait, clock, shutdown.StreamsMustEnd).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        shutdown.Begin(drainSeconds);
        lifetime.StopApplication();
    }
}
