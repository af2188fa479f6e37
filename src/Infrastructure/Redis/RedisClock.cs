namespace Gateway.Infrastructure.Redis;

/// <summary>What Redis' clock shows, as far as this instance knows: limits go by it, so that instances whose own clocks are wrong agree. Thread-safe.</summary>
internal sealed class RedisClock(TimeProvider clock)
{
    // Clocks that are kept right differ by less; then the instance's own is as good.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    private long _aheadTicks;

    /// <summary>The present in UTC; what the instance's own clock shows until Redis has said a time.</summary>
    public DateTime UtcNow => clock.GetUtcNow().UtcDateTime.AddTicks(Interlocked.Read(ref _aheadTicks)).CutToMicroseconds();

    /// <summary>Notes what Redis said just now.</summary>
    /// <param name="milliseconds">Since 1970.</param>
    public void Note(long milliseconds)
    {
        var ahead = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) - clock.GetUtcNow();
        Interlocked.Exchange(ref _aheadTicks, ahead.Duration() < Tolerance ? 0 : ahead.Ticks);
    }
}
