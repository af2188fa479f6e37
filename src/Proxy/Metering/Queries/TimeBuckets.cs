using Gateway.Infrastructure.Time;

namespace Gateway.Proxy.Metering.Queries;

/// <summary>Consecutive stretches of time that sums are put into, and what has to be read to fill them.</summary>
internal sealed class TimeBuckets
{
    private readonly DateTime[] _bounds;
    private readonly List<(int Bucket, UsageSegment Segment)> _segments = [];

    public TimeBuckets(IReadOnlyList<DateTime> bounds)
    {
        _bounds = [.. bounds];
        Sums = new UsageSums[_bounds.Length - 1];
        for (var bucket = 0; bucket < Sums.Length; bucket++)
        {
            foreach (var segment in UsageSegment.Split(new TimeRange(_bounds[bucket], _bounds[bucket + 1])))
            {
                _segments.Add((bucket, segment));
            }
        }
    }

    public TimeRange Range => new(_bounds[0], _bounds[^1]);

    public UsageSums[] Sums { get; }

    public ref UsageSums this[int bucket] => ref Sums[bucket];

    /// <summary>Adds the usage of one instant within the range.</summary>
    public void Add(DateTime utc, UsageSums sums) => Sums[BucketOf(utc)] += sums;

    /// <summary>Adds a row of a scan, unless the hour lies in two buckets: then its records are among the edges.</summary>
    public void AddPeriod(UsageTable table, DateTime period, UsageSums sums)
    {
        var bucket = BucketOf(period);
        if (period.AddTicks(table.Ticks()) <= _bounds[bucket + 1])
        {
            Sums[bucket] += sums;
        }
    }

    /// <summary>The stretches of hours and days to read. Hours that lie in two buckets are read along: one scan is cheaper than one for each side.</summary>
    public IEnumerable<UsageSegment> Scans()
    {
        foreach (var table in (UsageTable[])[UsageTable.Hours, UsageTable.Days])
        {
            TimeRange? scan = null;
            foreach (var (_, segment) in _segments.Where(entry => entry.Segment.Table == table))
            {
                if (scan is { } open && segment.Range.FromUtc - open.ToUtc <= TimeSpan.FromHours(1))
                {
                    scan = open with { ToUtc = segment.Range.ToUtc };
                    continue;
                }

                if (scan is { } done)
                {
                    yield return new UsageSegment(table, done);
                }

                scan = segment.Range;
            }

            if (scan is { } last)
            {
                yield return new UsageSegment(table, last);
            }
        }
    }

    /// <summary>The parts of hours, which only records can tell apart.</summary>
    public IEnumerable<(int Bucket, UsageSegment Segment)> Edges() => _segments.Where(entry => entry.Segment.Table == UsageTable.Records);

    private int BucketOf(DateTime utc)
    {
        var found = Array.BinarySearch(_bounds, utc);
        return found >= 0 ? found : ~found - 1;
    }
}
