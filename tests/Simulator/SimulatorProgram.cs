using System.Runtime.InteropServices;

namespace Simulator;

/// <summary>The simulator by hand: <c>dotnet run --project tests/Simulator</c>. Named, because tests reference two programs.</summary>
internal static class SimulatorProgram
{
    private static async Task Main(string[] args)
    {
        var settings = new ConfigurationBuilder().AddEnvironmentVariables("SIMULATOR_").AddCommandLine(args).Build();
        var chunks = Number(settings, "benchmark-chunks");
        var delayMs = Number(settings, "benchmark-chunk-delay-ms");
        var options = new SimulatorOptions
        {
            Url = settings["urls"] ?? "http://127.0.0.1:9090",
            Benchmark = chunks is null && delayMs is null
                ? null
                : new BenchmarkOptions { Chunks = chunks ?? new BenchmarkOptions().Chunks, ChunkDelayMs = delayMs ?? 0 },
        };

        await using var server = await SimulatorServer.StartAsync(options);
        var stop = new TaskCompletionSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        Console.WriteLine(Greeting(server.Url.GetLeftPart(UriPartial.Authority)));
        await stop.Task;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }
    }

    /// <summary>Environment variables cannot have hyphens in their names.</summary>
    private static int? Number(IConfiguration settings, string name) =>
        settings.GetValue<int?>(name) ?? settings.GetValue<int?>(name.Replace('-', '_'));

    private static string Greeting(string url) => $"""
        The simulator plays upstream AI platforms on {url}

          platform   base URL for an SDK           credential (any with this start)
          OpenAI     {url + "/v1",-29} sk-sim-example
          Azure      {url,-29} azure-sim-example
          Claude     {url,-29} sk-ant-sim-example, or the OAuth token sim-oauth-example
          Gemini     {url,-29} AIza-sim-example

        As an account of the gateway, all platforms have the base URL {url}
        Words like [simulate:429] or [simulate:tool] in a message change the answer: see tests/Simulator/README.md.
        Ctrl+C stops.
        """;
}
