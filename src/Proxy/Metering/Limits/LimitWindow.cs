using Gateway.Infrastructure.Time;

namespace Gateway.Proxy.Metering.Limits;

/// <summary>The time that a limit counts over, from its first instant to the first of the next one.</summary>
/// <remarks>Days, weeks and months are those of a time zone. Where clocks change, a day has 23 or 25 hours.</remarks>
internal readonly record struct LimitWindow(DateTime StartUtc, DateTime EndUtc)
{
    /// <summary>A key's whole life.</summary>
    public static readonly LimitWindow Lifetime = new(TimeRange.Always.FromUtc, TimeRange.Always.ToUtc);

    private static readonly TimeSpan FiveHours = TimeSpan.FromHours(5);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>The window that an instant lies in.</summary>
    /// <param name="zone">Whose days, weeks and months count.</param>
    /// <param name="weekStarts">The first day of a week.</param>
    public static LimitWindow At(LimitPeriod period, TimeZoneInfo zone, DayOfWeek weekStarts, DateTime utc)
    {
        switch (period)
        {
            case LimitPeriod.Lifetime:
                return Lifetime;
            case LimitPeriod.FiveHours:
                return Fixed(FiveHours, utc);
            case LimitPeriod.Minute:
                return Fixed(Minute, utc);
        }

        var day = LocalCalendar.DayAt(utc, zone);

        // Where clocks are put back across midnight, a date is shown again after the next one has begun.
        if (LocalCalendar.StartOf(day.AddDays(1), zone) <= utc)
        {
            day = day.AddDays(1);
        }

        var first = period switch
        {
            LimitPeriod.Week => day.AddDays(-(((int)day.DayOfWeek - (int)weekStarts + 7) % 7)),
            LimitPeriod.Month => new DateOnly(day.Year, day.Month, 1),
            _ => day,
        };
        var next = period switch
        {
            LimitPeriod.Week => first.AddDays(7),
            LimitPeriod.Month => first.AddMonths(1),
            _ => first.AddDays(1),
        };
        return new LimitWindow(LocalCalendar.StartOf(first, zone), LocalCalendar.StartOf(next, zone));
    }

    /// <summary>One of the windows of a fixed length that follow one another since 1970-01-01T00:00:00Z: on all instances the same, with no first request to remember.</summary>
    private static LimitWindow Fixed(TimeSpan length, DateTime utc)
    {
        var start = new DateTime(utc.Ticks - ((utc.Ticks - DateTime.UnixEpoch.Ticks) % length.Ticks), DateTimeKind.Utc);
        return new LimitWindow(start, start + length);
    }
}
