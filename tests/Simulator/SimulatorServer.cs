using System.Collections.Concurrent;
using Simulator.Http;

namespace Simulator;

/// <summary>
/// The upstream AI platforms on a loopback port: strict about what they are sent, and answering what a test has scripted for the
/// credential. Thread-safe.
/// </summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, SimulatedAccount> _accounts = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly WebApplication _app;
    private int _newAccounts;

    private SimulatorServer(SimulatorOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(options.Url).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        if (options.Benchmark is null)
        {
            // A buffer of one byte makes a flush wait for the socket; with the usual 64 KB a reset overtakes what was flushed before.
            builder.WebHost.UseSockets(sockets => sockets.MaxWriteBufferSize = 1);
        }

        _app = builder.Build();
        _app.Run(new RequestHandler(this, options, _stopping.Token).HandleAsync);
    }

    /// <summary>Where it listens, with its real port.</summary>
    public Uri Url => new(_app.Urls.First());

    /// <summary>Starts a simulator.</summary>
    /// <param name="url">Where to listen; null is a free loopback port.</param>
    public static Task<SimulatorServer> StartAsync(string? url = null, CancellationToken cancellationToken = default) =>
        StartAsync(url is null ? new SimulatorOptions() : new SimulatorOptions { Url = url }, cancellationToken);

    public static async Task<SimulatorServer> StartAsync(SimulatorOptions options, CancellationToken cancellationToken = default)
    {
        var server = new SimulatorServer(options);
        try
        {
            await server._app.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The account behind an upstream key or token; made at its first mention.</summary>
    public SimulatedAccount Account(string credential) => _accounts.GetOrAdd(credential, name => new SimulatedAccount(name));

    /// <summary>An account that no other test has.</summary>
    /// <param name="prefix">One of <see cref="CredentialPrefix"/>.</param>
    public SimulatedAccount NewAccount(string prefix) => Account($"{prefix}{Interlocked.Increment(ref _newAccounts):x6}");

    /// <summary>Stops at once: stalled and running answers are reset.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }
}
