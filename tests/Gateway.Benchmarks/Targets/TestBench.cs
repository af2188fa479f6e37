using Gateway.Benchmarks.Load;
using Yarp.ReverseProxy.Configuration;

namespace Gateway.Benchmarks.Targets;

/// <summary>The upstream and what stands before it: fresh processes for each work, ended and cleared away at the end.</summary>
internal sealed class TestBench : IAsyncDisposable
{
    private const string UpstreamCredential = "sk-sim-benchmark";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-benchmark-");
    private readonly List<ServerProcess> _processes = [];
    private readonly List<Target> _targets = [];

    private TestBench()
    {
    }

    /// <summary>No proxy, YARP, the gateway, and the other build of it if there is one.</summary>
    public IReadOnlyList<Target> Targets => _targets;

    public static async Task<TestBench> StartAsync(Work work, ComparisonOptions options, CancellationToken cancellationToken)
    {
        var bench = new TestBench();
        try
        {
            var upstream = await bench.AddUpstreamAsync(work, options.Chunks, cancellationToken);
            await bench.AddYarpAsync(upstream, cancellationToken);
            await bench.AddGatewayAsync("gateway", AppContext.BaseDirectory, upstream, cancellationToken);
            if (options.OtherBuild is { } other)
            {
                await bench.AddGatewayAsync("other gateway", other, upstream, cancellationToken);
            }

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
        _targets.ForEach(target => (target as IDisposable)?.Dispose());
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    private async Task<Uri> AddUpstreamAsync(Work work, int chunks, CancellationToken cancellationToken)
    {
        var process = await StartAsync(
            "simulator", Beside("Simulator.dll"), ["--benchmark-chunks", $"{chunks}", "--benchmark-chunk-delay-ms", $"{work.ChunkDelayMs}"], cancellationToken);
        _targets.Add(new Target("no proxy", process.Url, UpstreamCredential, Process: null));
        return process.Url;
    }

    private async Task AddYarpAsync(Uri upstream, CancellationToken cancellationToken)
    {
        var name = $"YARP {typeof(RouteConfig).Assembly.GetName().Version!.ToString(3)}";
        var process = await StartAsync(name, Beside("Gateway.Benchmarks.dll"), [YarpProgram.Verb, "--upstream", upstream.ToString()], cancellationToken);
        _targets.Add(new Target(name, process.Url, UpstreamCredential, process));
    }

    private async Task AddGatewayAsync(string name, string build, Uri upstream, CancellationToken cancellationToken)
    {
        var password = GatewayTarget.CreatePassword();
        var environment = GatewayTarget.Environment(Path.Combine(_directory.FullName, $"{_processes.Count}", "data"), password);
        var process = await StartAsync(name, Path.Combine(build, GatewayTarget.Program), [], cancellationToken, environment);
        _targets.Add(await GatewayTarget.SetUpAsync(name, process, password, upstream, UpstreamCredential, cancellationToken));
    }

    private async Task<ServerProcess> StartAsync(
        string name, string program, string[] arguments, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null)
    {
        var process = await ServerProcess.StartAsync(name, program, arguments, _directory.CreateSubdirectory($"{_processes.Count}").FullName, cancellationToken, environment);
        _processes.Add(process);
        return process;
    }

    private static string Beside(string program) => Path.Combine(AppContext.BaseDirectory, program);
}
