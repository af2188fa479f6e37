using Gateway.Benchmarks.Load;

namespace Gateway.Benchmarks.Reports;

/// <summary>The results of one work, as Markdown that is also readable as it is.</summary>
internal static class Section
{
    /// <param name="results">No proxy, YARP, and what is compared with them.</param>
    public static string Write(Work work, int requests, int concurrency, ComparisonOptions options, IReadOnlyList<Result> results)
    {
        var (direct, yarp) = (results[0], results[1]);
        var table = new Table("", "requests/s", "of no proxy", "p50 ms", "p99 ms", "CPU s per 1,000", "lowest–highest", "of YARP", "CPU s later", "peak RSS MiB");
        foreach (var result in results)
        {
            table.Add(
                result.Name,
                Figure.Write(result.RequestsPerSecond, "N0"),
                Figure.Write(result.RequestsPerSecond / direct.RequestsPerSecond, "N2"),
                Figure.Write(result.P50Ms, "N1"),
                Figure.Write(result.P99Ms, "N1"),
                Figure.Write(result.CpuSeconds, "N3"),
                result.CpuSeconds is null ? Figure.None : $"{Figure.Write(result.LowestCpuSeconds, "N3")}–{Figure.Write(result.HighestCpuSeconds, "N3")}",
                Figure.Write(result.CpuSeconds / yarp.CpuSeconds, "N2"),
                Figure.Write(result.SettlingCpuSeconds, "N3"),
                Figure.Write(result.PeakMebibytes, "N0"));
        }

        var chunks = work.IsStream ? $" of {Figure.Write(options.Chunks, "N0")} events" : "";
        return $"""
            ## {work.Id}: {work.Title}

            {Figure.Write(requests, "N0")} requests{chunks} a round, {Figure.Write(concurrency, "N0")} at once; medians of {options.Rounds} rounds.

            {table}
            """;
    }
}
