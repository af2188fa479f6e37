using System.Globalization;
using Gateway.Infrastructure.Time;

namespace Gateway.Features.Usage.SummarizeUsage;

/// <summary>The days of a time zone, or the hours of UTC, that a range touches.</summary>
/// <param name="Bounds">Where each begins within the range, and last the end of the range.</param>
/// <param name="Keys">Their names; one fewer.</param>
internal sealed record TimeGroups(IReadOnlyList<DateTime> Bounds, IReadOnlyList<string> Keys)
{
    /// <summary>More than a client can show, and few enough to be answered at once.</summary>
    public const int Most = 10_000;

    public static bool AreTooMany(TimeRange range, string groupBy) =>
        (range.ToUtc - range.FromUtc) / (groupBy == Grouping.Day ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1)) > Most;

    public static TimeGroups Days(TimeRange range, TimeZoneInfo zone)
    {
        var bounds = new List<DateTime> { range.FromUtc };
        for (var day = LocalCalendar.DayAt(range.FromUtc, zone).AddDays(1); LocalCalendar.StartOf(day, zone) is var start && start < range.ToUtc; day = day.AddDays(1))
        {
            // A day that a country skipped when it crossed the date line begins where the next one does.
            if (start > bounds[^1])
            {
                bounds.Add(start);
            }
        }

        return Of(bounds, range, start => LocalCalendar.DayAt(start, zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    public static TimeGroups Hours(TimeRange range)
    {
        var bounds = new List<DateTime> { range.FromUtc };
        for (var hour = HourOf(range.FromUtc).AddHours(1); hour < range.ToUtc; hour = hour.AddHours(1))
        {
            bounds.Add(hour);
        }

        return Of(bounds, range, start => HourOf(start).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }

    private static TimeGroups Of(List<DateTime> bounds, TimeRange range, Func<DateTime, string> keyOf) =>
        new([.. bounds, range.ToUtc], [.. bounds.Select(keyOf)]);

    private static DateTime HourOf(DateTime utc) => utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerHour));
}
