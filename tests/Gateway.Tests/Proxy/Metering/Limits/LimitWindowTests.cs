using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Time;
using Gateway.Proxy.Metering.Limits;

namespace Gateway.Tests.Proxy.Metering.Limits;

public sealed class LimitWindowTests
{
    [Theory]
    [InlineData("day", "UTC", "monday", "2026-01-31T23:59:59.999999Z", "2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z")]
    [InlineData("day", "UTC", "monday", "2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z")]
    [InlineData("day", "Asia/Kolkata", "monday", "2026-01-31T18:29:59Z", "2026-01-30T18:30:00Z", "2026-01-31T18:30:00Z")]
    [InlineData("day", "Asia/Kolkata", "monday", "2026-01-31T18:30:00Z", "2026-01-31T18:30:00Z", "2026-02-01T18:30:00Z")]
    [InlineData("day", "Europe/Berlin", "monday", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")] // 23 hours
    [InlineData("day", "Europe/Berlin", "monday", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")] // 25 hours
    [InlineData("day", "Africa/Cairo", "monday", "2026-04-23T22:00:00Z", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z")] // no midnight
    [InlineData("day", "America/Havana", "monday", "2026-11-01T05:30:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z")] // midnight again
    [InlineData("day", "America/St_Johns", "monday", "2010-11-07T03:00:00Z", "2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z")] // back at 00:01 to 23:01
    [InlineData("day", "Pacific/Apia", "monday", "2011-12-30T09:59:59Z", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z")]
    [InlineData("day", "Pacific/Apia", "monday", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z")] // the 31st: no 30th
    [InlineData("week", "UTC", "monday", "2026-02-01T12:00:00Z", "2026-01-26T00:00:00Z", "2026-02-02T00:00:00Z")] // a Sunday
    [InlineData("week", "UTC", "sunday", "2026-02-01T12:00:00Z", "2026-02-01T00:00:00Z", "2026-02-08T00:00:00Z")]
    [InlineData("week", "UTC", "saturday", "2026-02-01T12:00:00Z", "2026-01-31T00:00:00Z", "2026-02-07T00:00:00Z")]
    [InlineData("week", "Europe/Berlin", "monday", "2026-03-29T21:59:59Z", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z")] // 167 hours
    [InlineData("week", "America/New_York", "wednesday", "2026-01-07T04:59:59Z", "2025-12-31T05:00:00Z", "2026-01-07T05:00:00Z")]
    [InlineData("month", "UTC", "monday", "2024-02-29T12:00:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z")]
    [InlineData("month", "America/New_York", "monday", "2026-01-01T04:59:59Z", "2025-12-01T05:00:00Z", "2026-01-01T05:00:00Z")]
    [InlineData("month", "Europe/Berlin", "monday", "2026-03-31T21:59:59Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z")]
    [InlineData("day", "Nowhere/Gone", "monday", "2026-01-31T12:00:00Z", "2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z")] // counts as UTC
    public void An_instant_lies_in_one_calendar_window(string period, string zone, string weekStarts, string at, string start, string end)
    {
        var found = At(new Subscription(period, 10, zone, weekStarts), Utc(at));

        found.StartUtc.ShouldBe(Utc(start));
        found.EndUtc.ShouldBe(Utc(end));
    }

    [Theory]
    [InlineData("day", "Europe/Berlin", "monday")]
    [InlineData("day", "Africa/Cairo", "monday")]
    [InlineData("day", "America/Havana", "monday")]
    [InlineData("day", "America/St_Johns", "monday")]
    [InlineData("week", "Australia/Lord_Howe", "thursday")]
    [InlineData("month", "Pacific/Apia", "monday")]
    public void Windows_follow_one_another_without_gap_or_overlap(string period, string zone, string weekStarts)
    {
        var subscription = new Subscription(period, 10, zone, weekStarts);
        var window = At(subscription, Utc("2009-12-31T12:00:00Z"));
        while (window.EndUtc.Year < 2012)
        {
            At(subscription, window.StartUtc).ShouldBe(window);
            At(subscription, window.EndUtc.AddTicks(-1)).ShouldBe(window);

            var next = At(subscription, window.EndUtc);

            next.StartUtc.ShouldBe(window.EndUtc);
            next.EndUtc.ShouldBeGreaterThan(next.StartUtc);
            window = next;
        }
    }

    private static LimitWindow At(Subscription subscription, DateTime utc) => KeyLimits.OfSubscription(subscription)!.WindowAt(utc);

    private static DateTime Utc(string text) => TimeRange.TryParseEnd(text, TimeZoneInfo.Utc, out var utc) ? utc : throw new FormatException(text);
}
