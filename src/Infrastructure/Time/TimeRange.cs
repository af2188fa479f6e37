using System.Globalization;
using Gateway.Infrastructure.Json;

namespace Gateway.Infrastructure.Time;

/// <summary>All instants from one on and before another, UTC.</summary>
internal readonly record struct TimeRange(DateTime FromUtc, DateTime ToUtc)
{
    /// <summary>Every time that a record can have.</summary>
    public static readonly TimeRange Always = new(new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(2200, 1, 1, 0, 0, 0, DateTimeKind.Utc));

    public bool IsEmpty => FromUtc >= ToUtc;

    public bool Contains(DateTime utc) => FromUtc <= utc && utc < ToUtc;

    /// <summary>Reads an end of a range: RFC 3339 with an offset, or a date, which means the start of that day in the zone.</summary>
    public static bool TryParseEnd(string? text, TimeZoneInfo zone, out DateTime utc)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            utc = Clamp(day.Year < Always.FromUtc.Year ? Always.FromUtc : day.Year > Always.ToUtc.Year ? Always.ToUtc : LocalCalendar.StartOf(day, zone));
            return true;
        }

        var isTime = UtcTimeConverter.TryParse(text, out utc);
        utc = Clamp(utc);
        return isTime;
    }

    private static DateTime Clamp(DateTime utc) => utc < Always.FromUtc ? Always.FromUtc : utc > Always.ToUtc ? Always.ToUtc : utc;
}
