using CsCheck;
using Gateway.Proxy.Metering.Limits;
using Gateway.Tests.Support;

namespace Gateway.Tests.Proxy.Metering.Limits;

/// <summary>AC-19: windows as somebody finds them who looks at a clock on the wall each minute.</summary>
public sealed class LimitWindowPropertyTests
{
    private static readonly TimeZoneInfo[] Zones = [.. TimeZoneInfo.GetSystemTimeZones()];
    private static readonly LimitPeriod[] Periods = [LimitPeriod.Day, LimitPeriod.Week, LimitPeriod.Month];

    [Fact]
    public void Windows_of_all_zones_begin_when_a_clock_on_the_wall_first_shows_their_day() => Property.Holds(Gen.Int.Select(seed => new Random(seed)), 400, random =>
    {
        var zone = Zones[random.Next(Zones.Length)];
        var period = Periods[random.Next(Periods.Length)];
        var weekStarts = (DayOfWeek)random.Next(7);
        var utc = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(random.Next(40 * 365 * 24 * 60)).AddMilliseconds(random.Next(60_000));

        var window = LimitWindow.At(period, zone, weekStarts, utc);

        var first = FirstDayOf(period, weekStarts, LatestDayShown(zone, utc));
        window.StartUtc.ShouldBe(FirstShown(zone, first), $"{period} in {zone.Id} at {utc:O}");
        window.EndUtc.ShouldBe(FirstShown(zone, Next(period, first)), $"{period} in {zone.Id} at {utc:O}");
    });

    [Fact]
    public void Each_instant_around_a_change_of_clocks_lies_in_one_window_only() => Property.Holds(Gen.Int.Select(seed => new Random(seed)), 60, random =>
    {
        var zone = Zones[random.Next(Zones.Length)];
        var year = random.Next(2000, 2038);
        foreach (var change in ChangesOf(zone, year))
        {
            for (var utc = change.AddHours(-30); utc < change.AddHours(30); utc = utc.AddMinutes(15))
            {
                var window = LimitWindow.At(LimitPeriod.Day, zone, DayOfWeek.Monday, utc);
                window.StartUtc.ShouldBeLessThanOrEqualTo(utc);
                window.EndUtc.ShouldBeGreaterThan(utc);
                LimitWindow.At(LimitPeriod.Day, zone, DayOfWeek.Monday, window.EndUtc).StartUtc.ShouldBe(window.EndUtc, $"{zone.Id} {window.EndUtc:O}");
            }
        }
    });

    [Theory]
    [InlineData("2026-11-23T12:34:56.789Z", "minute", "2026-11-23T12:34:00Z", "2026-11-23T12:35:00Z")]
    [InlineData("1970-01-01T04:59:59Z", "5h", "1970-01-01T00:00:00Z", "1970-01-01T05:00:00Z")]
    [InlineData("1970-01-02T00:00:00Z", "5h", "1970-01-01T20:00:00Z", "1970-01-02T01:00:00Z")]
    public void Short_windows_follow_one_another_since_1970(string at, string period, string start, string end)
    {
        var window = LimitWindow.At(LimitNames.ToPeriod(period), TimeZoneInfo.Utc, DayOfWeek.Monday, Utc(at));

        window.ShouldBe(new LimitWindow(Utc(start), Utc(end)));
    }

    /// <summary>Where clocks are put back over midnight, the day before is shown once more and does not count.</summary>
    private static DateOnly LatestDayShown(TimeZoneInfo zone, DateTime utc)
    {
        var latest = DateOnly.MinValue;
        for (var minute = utc.AddHours(-30); minute <= utc; minute = minute.AddMinutes(1))
        {
            latest = Shown(zone, minute) is var day && day > latest ? day : latest;
        }

        return latest;
    }

    private static DateTime FirstShown(TimeZoneInfo zone, DateOnly day)
    {
        var utc = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc).AddHours(-16);
        while (Shown(zone, utc) < day)
        {
            utc = utc.AddMinutes(1);
        }

        return utc;
    }

    private static DateOnly Shown(TimeZoneInfo zone, DateTime utc) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(utc, zone));

    private static DateOnly FirstDayOf(LimitPeriod period, DayOfWeek weekStarts, DateOnly day)
    {
        while (period == LimitPeriod.Week ? day.DayOfWeek != weekStarts : period == LimitPeriod.Month && day.Day != 1)
        {
            day = day.AddDays(-1);
        }

        return day;
    }

    private static DateOnly Next(LimitPeriod period, DateOnly first) => period switch
    {
        LimitPeriod.Week => first.AddDays(7),
        LimitPeriod.Month => first.AddMonths(1),
        _ => first.AddDays(1),
    };

    private static IEnumerable<DateTime> ChangesOf(TimeZoneInfo zone, int year)
    {
        var end = new DateTime(year + 1, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (var hour = new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc); hour < end; hour = hour.AddHours(1))
        {
            if (zone.GetUtcOffset(hour) != zone.GetUtcOffset(hour.AddHours(1)))
            {
                yield return hour;
            }
        }
    }

    private static DateTime Utc(string text) => DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AdjustToUniversal);
}
