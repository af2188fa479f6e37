namespace Gateway.Infrastructure;

internal static class Clock
{
    /// <summary>Now in UTC, cut to microseconds: what the databases keep, so that a time reads the same before and after it was stored.</summary>
    public static DateTime UtcNowMicroseconds(this TimeProvider clock)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);
    }
}
