using System.Runtime.InteropServices;
using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Scheduling;
using Gateway.Benchmarks.Targets;

namespace Gateway.Benchmarks;

/// <summary>Compares the gateway with a bare YARP proxy and with no proxy. Named, because three programs lie side by side here.</summary>
internal static class BenchmarkProgram
{
    private const int Failed = 1;
    private const int Misused = 2;
    private const int Interrupted = 130;

    private static async Task<int> Main(string[] args)
    {
        if (args is [YarpProgram.Verb, .. var rest])
        {
            await YarpProgram.RunAsync(rest);
            return 0;
        }

        if (args is [SchedulingBenchmark.Verb])
        {
            await SchedulingBenchmark.RunAsync();
            return 0;
        }

        if (args is ["--help"])
        {
            Console.WriteLine(ComparisonOptions.Usage);
            return 0;
        }

        if (!ComparisonOptions.TryParse(args, out var options, out var complaint))
        {
            await Console.Error.WriteLineAsync($"{complaint}\n\n{ComparisonOptions.Usage}");
            return Misused;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        try
        {
            await new Comparison(options).RunAsync(stop.Token);
            return 0;
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            return Interrupted;   // Ctrl-C reaches the servers too: whatever failed then is no finding.
        }
        catch (Exception exception) when (exception is WrongReplyException or ServerFailedException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return Failed;
        }

        // The processes end with the comparison, which ends as soon as it is cancelled.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
