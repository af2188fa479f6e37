using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Gateway.Infrastructure.Redis;

/// <summary>The one connection to Redis, or to the embedded Garnet when none is configured.</summary>
internal sealed partial class RedisConnection : IAsyncDisposable
{
    // While Redis hangs not every request has to find that out.
    private static readonly TimeSpan FailurePause = TimeSpan.FromSeconds(1);

    private readonly string? _configured;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private string? _saidFailure;
    private long _pausedUntil;
    private long _breaks;
    private EmbeddedGarnet? _embedded;
    private ConnectionMultiplexer? _multiplexer;

    public RedisConnection(IConfiguration configuration, TimeProvider? clock = null, ILogger<RedisConnection>? logger = null)
    {
        _clock = clock ?? TimeProvider.System;
        _logger = logger ?? NullLogger<RedisConnection>.Instance;
        _configured = configuration.GetConnectionString("Redis");
        if (string.IsNullOrWhiteSpace(_configured))
        {
            _configured = null;
            return;
        }

        try
        {
            _ = Options(_configured);
        }
        catch (ArgumentException exception)
        {
            throw new StartupException($"ConnectionStrings:Redis is not a StackExchange.Redis connection string: {exception.Message}");
        }
    }

    /// <exception cref="InvalidOperationException"><see cref="ConnectAsync"/> has not run yet.</exception>
    public IDatabase Database => (_multiplexer ?? throw new InvalidOperationException("Redis is not connected yet.")).GetDatabase();

    public bool IsConnected => _multiplexer?.IsConnected == true;

    /// <summary>Whether a request that can do without Redis should ask it now: it is connected, and nobody has just waited for it in vain.</summary>
    public bool IsResponsive => IsConnected && _clock.GetUtcNow().UtcTicks >= Interlocked.Read(ref _pausedUntil);

    /// <summary>Notes that somebody has waited in vain: for a moment no other request does.</summary>
    public void NoteUnresponsive() => Interlocked.Exchange(ref _pausedUntil, (_clock.GetUtcNow() + FailurePause).UtcTicks);

    /// <summary>How often a connection broke: what Redis had before may be gone when it is back.</summary>
    public long Breaks => Interlocked.Read(ref _breaks);

    /// <summary>Which server answers, for a person.</summary>
    public string Describe() => _embedded is null ? $"Redis {_multiplexer?.GetServers()[0].Version}" : "embedded";

    /// <summary>Starts the embedded server when there is no other, and connects. A Redis that is away is no failure: it is tried again in the background.</summary>
    public async Task ConnectAsync()
    {
        if (_configured is null)
        {
            _embedded = await Task.Run(() => new EmbeddedGarnet());
        }

        var options = Options(_configured ?? $"!{_embedded!.SocketPath}");

        // A command fails at once while Redis is away, instead of waiting: the caller has a way to go on without it.
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.AsyncTimeout = 2000;
        options.ConnectTimeout = 2000;
        options.ClientName = "gateway";
        _multiplexer = await ConnectionMultiplexer.ConnectAsync(options);
        _multiplexer.ConnectionFailed += (_, failed) =>
        {
            Interlocked.Increment(ref _breaks);
            Say(failed.FailureType);
        };
        _multiplexer.ConnectionRestored += (_, _) => Interlocked.Exchange(ref _saidFailure, null);
    }

    public async ValueTask DisposeAsync()
    {
        if (_multiplexer is not null)
        {
            await _multiplexer.DisposeAsync();
        }

        _embedded?.Dispose();
    }

    /// <summary>Once for each kind of failure, not for each new try.</summary>
    private void Say(ConnectionFailureType failure)
    {
        var kind = failure.ToString();
        if (Interlocked.Exchange(ref _saidFailure, kind) == kind)
        {
            return;
        }

        if (failure == ConnectionFailureType.AuthenticationFailure)
        {
            Log.PasswordRefused(_logger);
        }
        else
        {
            Log.Broken(_logger, kind);
        }
    }

    private static ConfigurationOptions Options(string configured) => ConfigurationOptions.Parse(configured);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Redis refuses the user or the password of ConnectionStrings:Redis: correct it and start the gateway again, or give Redis the old one back. Until then the gateway goes on without Redis")]
        public static partial void PasswordRefused(ILogger logger);

        [LoggerMessage(LogLevel.Warning, "The connection to Redis broke ({Kind}); it is tried again")]
        public static partial void Broken(ILogger logger, string kind);
    }
}
