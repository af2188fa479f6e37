using Gateway.Infrastructure.Time;
using Gateway.Proxy.Metering.Queries;

namespace Gateway.Tests.Proxy.Metering.Queries;

public sealed class UsageSegmentTests
{
    [Theory]
    [InlineData("2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z", "Days 2026-01-01T00:00:00Z")]
    [InlineData("2026-01-01T22:00:00Z", "2026-01-03T01:00:00Z", "Hours 2026-01-01T22:00:00Z, Days 2026-01-02T00:00:00Z, Hours 2026-01-03T00:00:00Z")]
    [InlineData("2026-01-01T22:30:00Z", "2026-01-02T00:30:00Z", "Records 2026-01-01T22:30:00Z, Hours 2026-01-01T23:00:00Z, Records 2026-01-02T00:00:00Z")]
    [InlineData("2026-01-01T22:10:00Z", "2026-01-01T22:20:00Z", "Records 2026-01-01T22:10:00Z")]
    [InlineData("2026-01-01T22:10:00Z", "2026-01-01T23:20:00Z", "Records 2026-01-01T22:10:00Z")]
    [InlineData("2026-01-01T22:00:00Z", "2026-01-01T23:00:00Z", "Hours 2026-01-01T22:00:00Z")]
    [InlineData("2026-01-01T22:00:00Z", "2026-01-01T22:00:00Z", "")]
    public void A_range_is_cut_into_the_coarsest_parts_that_are_whole(string from, string to, string expected)
    {
        var range = new TimeRange(Utc(from), Utc(to));

        var segments = UsageSegment.Split(range).ToList();

        string.Join(", ", segments.Select(segment => $"{segment.Table} {segment.Range.FromUtc:yyyy-MM-dd'T'HH:mm:ss'Z'}")).ShouldBe(expected);
        segments.Select(segment => segment.Range.ToUtc).ShouldBe(segments.Skip(1).Select(segment => segment.Range.FromUtc).Append(range.ToUtc).Take(segments.Count));
    }

    private static DateTime Utc(string text) => DateTimeOffset.Parse(text).UtcDateTime;
}
