using Amazon.Runtime.Credentials;

namespace Gateway.Proxy.Platforms.Bedrock;

/// <summary>
/// The credentials that AWS' own chain finds on this machine: environment, profile, container or instance role. Kept in memory and renewed in the background
/// before they end, so that requests wait for the first ones only. Thread-safe.
/// </summary>
internal sealed partial class AmbientCredentials
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan UsableUntil = TimeSpan.FromMinutes(1);

    // Long-term ones in a file may be replaced by others.
    private static readonly TimeSpan Recheck = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);

    // A metadata service that takes connections and says nothing would keep every request waiting.
    private static readonly TimeSpan SearchLimit = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly TimeProvider _clock;
    private readonly ILogger<AmbientCredentials> _logger;
    private readonly Func<Task<Found>> _find;
    private Found? _current;
    private DateTimeOffset _renewAt;
    private Task<Found>? _search;

    public AmbientCredentials(TimeProvider clock, ILogger<AmbientCredentials> logger)
        : this(clock, logger, FindAsync)
    {
    }

    /// <param name="find">Asks the chain; may throw anything.</param>
    internal AmbientCredentials(TimeProvider clock, ILogger<AmbientCredentials> logger, Func<Task<Found>> find)
    {
        _clock = clock;
        _logger = logger;
        _find = find;
    }

    /// <returns>Null: the machine has none that can be used now; the log says why.</returns>
    public ValueTask<AwsCredentials?> GetAsync(CancellationToken cancellationToken)
    {
        Task<Found>? search;
        lock (_lock)
        {
            var now = _clock.GetUtcNow();
            if (now >= _renewAt && _search is null)
            {
                _renewAt = now + PauseAfterFailure;
                _search = Task.Run(SearchAsync, CancellationToken.None);
            }

            if (_current is { } current && (current.ExpiresAt is null || now < current.ExpiresAt - UsableUntil))
            {
                return ValueTask.FromResult<AwsCredentials?>(current.Credentials);
            }

            search = _search;
        }

        return search is null ? ValueTask.FromResult<AwsCredentials?>(null) : WaitAsync(search, cancellationToken);
    }

    private static async Task<Found> FindAsync()
    {
        var identity = await new DefaultAWSCredentialsIdentityResolver().ResolveIdentityAsync(null, CancellationToken.None);
        var keys = await identity.GetCredentialsAsync();
        return new Found(
            new AwsCredentials(keys.AccessKey, keys.SecretKey, string.IsNullOrEmpty(keys.Token) ? null : keys.Token),
            identity.Expiration is { } end ? new DateTimeOffset(end.ToUniversalTime()) : null);
    }

    private static async ValueTask<AwsCredentials?> WaitAsync(Task<Found> search, CancellationToken cancellationToken)
    {
        try
        {
            return (await search.WaitAsync(cancellationToken)).Credentials;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return null; // Logged by the search itself.
        }
    }

    private async Task<Found> SearchAsync()
    {
        try
        {
            var found = await _find().WaitAsync(SearchLimit, _clock);
            lock (_lock)
            {
                var now = _clock.GetUtcNow();
                _current = found;
                _renewAt = found.ExpiresAt is { } end ? Later(end - RenewBefore, now + PauseAfterFailure) : now + Recheck;
                _search = null;
            }

            return found;
        }
        catch (Exception exception)
        {
            Log.NotFound(_logger, exception.Message);
            lock (_lock)
            {
                _renewAt = _clock.GetUtcNow() + PauseAfterFailure;
                _search = null;
            }

            throw;
        }
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    /// <summary>What the chain found.</summary>
    /// <param name="ExpiresAt">Null: not known, or never.</param>
    internal sealed record Found(AwsCredentials Credentials, DateTimeOffset? ExpiresAt);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "This machine's own AWS credentials cannot be had: {Reason}")]
        public static partial void NotFound(ILogger logger, string reason);
    }
}
