using Gateway.Infrastructure.Configs;

namespace Gateway.Proxy;

/// <summary>What a call waits for, when its time for that is over.</summary>
internal enum TimeLimit
{
    /// <summary>Nothing has a limit now, or none has been reached.</summary>
    None,

    /// <summary>The platform's status line.</summary>
    Headers,

    /// <summary>The first content of an attempt's answer.</summary>
    FirstEvent,

    /// <summary>The next bytes of an answer.</summary>
    Idle,

    /// <summary>A client that takes what was written for it.</summary>
    Client,

    /// <summary>The end of the whole call.</summary>
    Total,
}

/// <summary>The time limits of one call: those that were set when it came.</summary>
internal readonly record struct TimeLimits(TimeSpan Headers, TimeSpan FirstEvent, TimeSpan Idle, TimeSpan Client, TimeSpan Total)
{
    public static TimeLimits Read(DynamicConfigs configs) => new(
        Seconds(configs.Get(ProxySettings.HeadersSeconds)),
        Seconds(configs.Get(ProxySettings.FirstEventSeconds)),
        Seconds(configs.Get(ProxySettings.IdleSeconds)),
        Seconds(configs.Get(ProxySettings.FlushSeconds)),
        Seconds(configs.Get(ProxySettings.TotalSeconds)));

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}

/// <summary>What ends a call before its answer does: the client that leaves, the process that stops, and the call's time limits.</summary>
/// <remarks>
/// One source serves all limits, set anew to whichever is next: a source for each would cost more than the limits do. Owned by one request; only its token is
/// for several threads.
/// </remarks>
internal sealed class CallCancellation : IDisposable
{
    private readonly TimeLimits _limits;
    private readonly TimeProvider _clock;
    private readonly long _arrived;
    private readonly CancellationToken _client;
    private readonly CancellationToken _process;
    private readonly CancellationTokenRegistration _clientLeaves;
    private readonly CancellationTokenRegistration _processStops;
    private volatile CancellationTokenSource _source;
    private TimeLimit _limit;
    private long _sent;
    private bool _awaitsContent;

    /// <param name="arrived">Timestamp of the request's arrival, by the same clock.</param>
    /// <param name="client">Cancelled when the client leaves.</param>
    /// <param name="process">Cancelled when the process must end what it does.</param>
    public CallCancellation(TimeLimits limits, long arrived, TimeProvider clock, CancellationToken client, CancellationToken process)
    {
        _limits = limits;
        _arrived = arrived;
        _clock = clock;
        _client = client;
        _process = process;
        _source = NewSource();
        _clientLeaves = client.UnsafeRegister(static call => ((CallCancellation)call!)._source.Cancel(), this);
        _processStops = process.UnsafeRegister(static call => ((CallCancellation)call!)._source.Cancel(), this);
    }

    public CancellationToken Token => _source.Token;

    public bool IsCancellationRequested => _source.IsCancellationRequested;

    /// <summary>Which limit has ended the call or the attempt; none: something else did, or nothing.</summary>
    public TimeLimit Reached => IsCancellationRequested && !IsEndedForGood ? _limit : TimeLimit.None;

    private bool IsEndedForGood => _client.IsCancellationRequested || _process.IsCancellationRequested;

    /// <summary>A request goes out: its limits begin.</summary>
    public void AwaitHeaders()
    {
        _sent = _clock.GetTimestamp();
        _awaitsContent = true;
        Set(TimeLimit.Headers, _limits.Headers);
    }

    /// <summary>The platform is to send the next bytes. Bytes without content set only this limit anew, never that of the first content.</summary>
    public void AwaitBytes() => Set(TimeLimit.Idle, _limits.Idle);

    /// <summary>Content has come: from now on the limit of the first one is met.</summary>
    public void ContentHasCome() => _awaitsContent = false;

    /// <summary>The client is to take what was written for it.</summary>
    public void AwaitClient() => Set(TimeLimit.Client, _limits.Client);

    /// <summary>An attempt is over: what limited it, and may have ended it, ends neither a wait nor the next one.</summary>
    public void EndAttempt()
    {
        _awaitsContent = false;
        _source.CancelAfter(Timeout.InfiniteTimeSpan);
        if (Reached != TimeLimit.None)
        {
            // The old one is left to the collector: whoever cancels at this moment may still hold it, and its timer has gone off.
            _source = NewSource();
            Interlocked.MemoryBarrier();
            if (IsEndedForGood)
            {
                _source.Cancel(); // Whoever came between has cancelled the old one.
            }
        }

        _limit = TimeLimit.None;
    }

    /// <summary>Ends the attempt at once.</summary>
    public Task CancelAsync()
    {
        if (!_source.IsCancellationRequested)
        {
            _limit = TimeLimit.None; // None has been reached.
        }

        return _source.CancelAsync();
    }

    public void Dispose()
    {
        _clientLeaves.Dispose();
        _processStops.Dispose();
        _source.Dispose();
    }

    private void Set(TimeLimit limit, TimeSpan wait)
    {
        if (_awaitsContent)
        {
            Lower(TimeLimit.FirstEvent, _limits.FirstEvent - _clock.GetElapsedTime(_sent));
        }

        Lower(TimeLimit.Total, _limits.Total - _clock.GetElapsedTime(_arrived));
        if (!_source.IsCancellationRequested)
        {
            // What has ended the attempt stands, whatever is awaited after it.
            _limit = limit;
            _source.CancelAfter(wait);
        }

        void Lower(TimeLimit other, TimeSpan left)
        {
            left = left > TimeSpan.Zero ? left : TimeSpan.Zero;
            if (left < wait)
            {
                (limit, wait) = (other, left);
            }
        }
    }

    /// <summary>Its timer is the clock's, and runs only when it is set.</summary>
    private CancellationTokenSource NewSource() => new(Timeout.InfiniteTimeSpan, _clock);
}
