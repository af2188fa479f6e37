namespace Gateway.Infrastructure;

internal static class Clock
{
    /// <summary>Now in UTC, cut to microseconds: what the databases keep, so that a time reads the same before and after it was stored.</summary>
    public static DateTime UtcNowMicroseconds(this TimeProvider clock) => clock.GetUtcNow().UtcDateTime.CutToMicroseconds();

    /// <summary>The time as the databases keep it.</summary>
    public static DateTime CutToMicroseconds(this DateTime utc) =>
        new(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);
}
