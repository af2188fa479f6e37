using Gateway.Benchmarks.Load;
using Yarp.ReverseProxy.Configuration;

namespace Gateway.Benchmarks.Targets;

/// <summary>The upstream and what stands before it: fresh processes for each work, ended and cleared away at the end.</summary>
internal sealed class TestBench : IAsyncDisposable
{
    public const string UpstreamCredential = "sk-sim-benchmark";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-benchmark-");
    private readonly List<ServerProcess> _processes = [];
    private GatewayTarget? _gateway;

    private TestBench()
    {
    }

    public IReadOnlyList<Target> Targets { get; private set; } = [];

    /// <summary>The upstream itself.</summary>
    public Target NoProxy => Targets[0];

    public static async Task<TestBench> StartAsync(Work work, int chunks, CancellationToken cancellationToken)
    {
        var bench = new TestBench();
        try
        {
            await bench.StartTargetsAsync(work, chunks, cancellationToken);
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _gateway?.Dispose();
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    private async Task StartTargetsAsync(Work work, int chunks, CancellationToken cancellationToken)
    {
        var upstream = await StartAsync(
            "The simulator",
            "Simulator",
            ["--benchmark-chunks", $"{chunks}", "--benchmark-chunk-delay-ms", $"{work.ChunkDelayMs}"],
            cancellationToken);
        var yarp = await StartAsync("YARP", "Gateway.Benchmarks", [YarpProgram.Verb, "--upstream", upstream.Url.ToString()], cancellationToken);
        var password = GatewayTarget.CreatePassword();
        var gateway = await StartAsync(
            "The gateway", "Gateway", [], cancellationToken, GatewayTarget.Environment(Path.Combine(_directory.FullName, "data"), password));
        _gateway = await GatewayTarget.SetUpAsync(gateway, password, upstream.Url, UpstreamCredential, cancellationToken);
        Targets =
        [
            new Target("no proxy", upstream.Url, UpstreamCredential, Process: null),
            new Target($"YARP {typeof(RouteConfig).Assembly.GetName().Version!.ToString(3)}", yarp.Url, UpstreamCredential, yarp),
            _gateway,
        ];
    }

    private async Task<ServerProcess> StartAsync(
        string name, string assembly, string[] arguments, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null)
    {
        var directory = _directory.CreateSubdirectory(assembly);
        var process = await ServerProcess.StartAsync(name, assembly, arguments, directory.FullName, cancellationToken, environment);
        _processes.Add(process);
        return process;
    }
}
