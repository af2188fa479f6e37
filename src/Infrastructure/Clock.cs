namespace Gateway.Infrastructure;

internal static class Clock
{
    /// <summary>Now, cut to what both databases keep: MySQL stores six digits of a second, so a finer time would come back changed.</summary>
    public static DateTime UtcNowMicroseconds(this TimeProvider clock)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
