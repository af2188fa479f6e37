using Gateway.Infrastructure.Time;

namespace Gateway.Proxy.Metering.Queries;

/// <summary>The tables that usage is summed up from, finest first.</summary>
internal enum UsageTable
{
    Records,
    Hours,
    Days,
}

/// <summary>A stretch of time, and the coarsest table that has it whole.</summary>
internal readonly record struct UsageSegment(UsageTable Table, TimeRange Range)
{
    /// <summary>Cuts a range into whole UTC days, whole UTC hours on both sides of them, and what is left at the ends.</summary>
    public static IEnumerable<UsageSegment> Split(TimeRange range, UsageTable coarsest = UsageTable.Days)
    {
        if (range.IsEmpty)
        {
            return [];
        }

        if (coarsest == UsageTable.Records)
        {
            return [new UsageSegment(UsageTable.Records, range)];
        }

        var whole = new TimeRange(Floor(range.FromUtc.AddTicks(coarsest.Ticks() - 1), coarsest), Floor(range.ToUtc, coarsest));
        return whole.IsEmpty
            ? Split(range, coarsest - 1)
            :
            [
                .. Split(range with { ToUtc = whole.FromUtc }, coarsest - 1),
                new UsageSegment(coarsest, whole),
                .. Split(range with { FromUtc = whole.ToUtc }, coarsest - 1),
            ];
    }

    private static DateTime Floor(DateTime utc, UsageTable table) => utc.AddTicks(-(utc.Ticks % table.Ticks()));
}

internal static class UsageTables
{
    /// <summary>What one row of the table covers; 1 for records, which are single instants.</summary>
    public static long Ticks(this UsageTable table) => table switch
    {
        UsageTable.Days => TimeSpan.TicksPerDay,
        UsageTable.Hours => TimeSpan.TicksPerHour,
        _ => 1,
    };
}
