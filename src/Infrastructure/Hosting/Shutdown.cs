using Microsoft.Extensions.Options;

namespace Gateway.Infrastructure.Hosting;

/// <summary>How a stop goes: no new work, open streams may finish for a while, then they are ended properly, then everything is written down.</summary>
internal sealed class Shutdown : IDisposable
{
    // After the last stream was told to end: time to write its error event, settle it, and sync.
    private static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _streamsEnd = new();
    private readonly GatewayOptions _options;
    private readonly HostOptions _host;
    private readonly Readiness _readiness;
    private readonly TimeProvider _clock;
    private ITimer? _drain;

    public Shutdown(GatewayOptions options, IOptions<HostOptions> host, Readiness readiness, TimeProvider clock)
    {
        _options = options;
        _host = host.Value;
        _readiness = readiness;
        _clock = clock;
        _host.ShutdownTimeout = AfterDrain;
    }

    /// <summary>Cancelled when open streams must end now.</summary>
    public CancellationToken StreamsMustEnd => _streamsEnd.Token;

    /// <param name="defaultSeconds">How long streams may go on when the configuration does not say.</param>
    public void Begin(int defaultSeconds)
    {
        var drain = TimeSpan.FromSeconds(_options.DrainSeconds ?? defaultSeconds);
        _readiness.MarkStopping();
        _host.ShutdownTimeout = drain + AfterDrain;
        _drain = _clock.CreateTimer(_ => EndStreams(), null, drain, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends open streams at once.</summary>
    public void EndStreams() => _streamsEnd.Cancel();

    public void Dispose()
    {
        _drain?.Dispose();
        _streamsEnd.Dispose();
    }
}
