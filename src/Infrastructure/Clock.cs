namespace Gateway.Infrastructure;

/// <summary>Times as the databases keep them: MySQL has 6 digits of a second, .NET has 7.</summary>
internal static class Clock
{
    /// <summary>The present in UTC, such that it reads the same before and after it was stored.</summary>
    public static DateTime UtcNowMicroseconds(this TimeProvider clock) => clock.GetUtcNow().UtcDateTime.CutToMicroseconds();

    public static DateTime CutToMicroseconds(this DateTime time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMicrosecond), time.Kind);
}
