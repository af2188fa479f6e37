using System.Runtime.InteropServices;
using Gateway.Benchmarks.Targets;

namespace Soak;

/// <summary>Three gateways under load while their upstreams fail at random and one of them is killed now and then: what must hold in the end is counted.</summary>
internal static class SoakProgram
{
    private const int Failed = 1;
    private const int Misused = 2;
    private const int Interrupted = 130;

    private static async Task<int> Main(string[] args)
    {
        if (SoakOptions.Parse(args) is not { } options)
        {
            await Console.Error.WriteLineAsync(SoakOptions.Usage);
            return Misused;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        try
        {
            return await new SoakRun(options).RunAsync(stop.Token) ? 0 : Failed;
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            return Interrupted;   // Ctrl-C reaches the gateways too: whatever failed then is no finding.
        }
        catch (ServerFailedException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return Failed;
        }

        // The processes end with the run, which ends as soon as it is cancelled.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
