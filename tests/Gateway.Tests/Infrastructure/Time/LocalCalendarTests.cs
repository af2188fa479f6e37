using Gateway.Infrastructure.Time;

namespace Gateway.Tests.Infrastructure.Time;

public sealed class LocalCalendarTests
{
    [Theory]
    [InlineData("UTC", "2026-01-31", "2026-01-31T00:00:00Z", 24)]
    [InlineData("Asia/Kolkata", "2026-01-31", "2026-01-30T18:30:00Z", 24)]
    [InlineData("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 23)] // forward at 02:00
    [InlineData("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25)] // back at 03:00
    [InlineData("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", 23)] // forward at midnight: the day begins at 01:00
    [InlineData("Africa/Cairo", "2026-10-29", "2026-10-28T21:00:00Z", 25)] // back at midnight to 23:00
    [InlineData("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", 25)] // back at 01:00 to midnight, which comes twice
    [InlineData("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 23)] // forward at midnight
    [InlineData("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", 23.5)] // forward by half an hour
    [InlineData("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", 24)]
    [InlineData("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0)] // skipped when the date line was moved
    [InlineData("Pacific/Kiritimati", "2026-01-31", "2026-01-30T10:00:00Z", 24)]
    [InlineData("Etc/GMT+12", "2026-01-31", "2026-01-31T12:00:00Z", 24)]
    public void A_day_begins_at_its_first_instant(string zoneName, string day, string start, double hours)
    {
        TimeZones.TryFind(zoneName, out var zone).ShouldBeTrue();
        var date = DateOnly.Parse(day);

        var startUtc = LocalCalendar.StartOf(date, zone);

        startUtc.ShouldBe(DateTimeOffset.Parse(start).UtcDateTime);
        startUtc.Kind.ShouldBe(DateTimeKind.Utc);
        (LocalCalendar.StartOf(date.AddDays(1), zone) - startUtc).TotalHours.ShouldBe(hours);
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("Africa/Cairo")]
    [InlineData("America/Havana")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("America/St_Johns")]
    public void The_calendar_shows_a_day_from_its_start_on_and_not_before(string zoneName)
    {
        TimeZones.TryFind(zoneName, out var zone).ShouldBeTrue();
        for (var day = new DateOnly(2024, 1, 1); day.Year < 2027; day = day.AddDays(1))
        {
            var start = LocalCalendar.StartOf(day, zone);
            LocalCalendar.DayAt(start, zone).ShouldBe(day);
            LocalCalendar.DayAt(start.AddTicks(-1), zone).ShouldBe(day.AddDays(-1));
        }
    }

    [Theory]
    [InlineData("UTC", true)]
    [InlineData("Europe/Berlin", true)]
    [InlineData("America/Argentina/Buenos_Aires", true)]
    [InlineData("Etc/GMT-14", true)]
    [InlineData("europe/berlin", false)]
    [InlineData("Berlin", false)]
    [InlineData("localtime", false)]
    [InlineData("/etc/localtime", false)]
    [InlineData("../../etc/passwd", false)]
    [InlineData("Europe/../UTC", false)]
    [InlineData("UTC\n", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Only_IANA_names_are_time_zones(string? name, bool isZone) => TimeZones.TryFind(name, out _).ShouldBe(isZone);
}
