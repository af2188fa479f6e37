namespace Gateway.Infrastructure.Time;

/// <summary>Where the days of a time zone begin and end, in UTC.</summary>
/// <remarks>
/// Only ever asks a zone what its clocks show at an instant, which has one answer. The opposite question has none where clocks are put forward at
/// midnight (Cairo), and two where they are put back to it (Havana).
/// </remarks>
internal static class LocalCalendar
{
    // Offsets lie between -12 and +14 hours, so the instant of a local midnight lies in this range around the same reading of a UTC clock.
    private static readonly TimeSpan Earliest = TimeSpan.FromHours(-15);
    private static readonly TimeSpan Latest = TimeSpan.FromHours(13);

    /// <summary>The day that a calendar on the wall shows.</summary>
    public static DateOnly DayAt(DateTime utc, TimeZoneInfo zone) => DateOnly.FromDateTime(utc + zone.GetUtcOffset(utc));

    /// <summary>The first instant of a day: later than midnight if clocks skip it, the first of two midnights if they repeat it.</summary>
    public static DateTime StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        var before = zone.GetUtcOffset(midnight + Earliest);
        var after = zone.GetUtcOffset(midnight + Latest);
        if (IsRight(before))
        {
            return midnight - before;
        }

        return IsRight(after) ? midnight - after : ChangeOf(zone, midnight + Earliest, midnight + Latest);

        bool IsRight(TimeSpan offset) => zone.GetUtcOffset(midnight - offset) == offset;
    }

    /// <summary>The instant between the two at which clocks are changed.</summary>
    private static DateTime ChangeOf(TimeZoneInfo zone, DateTime before, DateTime after)
    {
        var old = zone.GetUtcOffset(before);
        while (after - before > TimeSpan.FromTicks(1))
        {
            var middle = before + ((after - before) / 2);
            if (zone.GetUtcOffset(middle) == old)
            {
                before = middle;
            }
            else
            {
                after = middle;
            }
        }

        return after;
    }
}
