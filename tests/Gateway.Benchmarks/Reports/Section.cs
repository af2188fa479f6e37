using System.Globalization;
using Gateway.Benchmarks.Load;

namespace Gateway.Benchmarks.Reports;

/// <summary>The results of one work, as Markdown that is also readable as it is.</summary>
internal static class Section
{
    private const string None = "–";

    /// <param name="results">No proxy, YARP, the gateway.</param>
    public static string Write(Work work, int requests, int concurrency, ComparisonOptions options, IReadOnlyList<Result> results)
    {
        var (direct, yarp, gateway) = (results[0], results[1], results[2]);
        var table = new Table("", "requests/s", "of no proxy", "p50 ms", "p99 ms", "CPU s per 1,000", "lowest–highest", "of YARP", "peak RSS MiB");
        foreach (var result in results)
        {
            table.Add(
                result.Name,
                Number(result.RequestsPerSecond, "N0"),
                Number(result.RequestsPerSecond / direct.RequestsPerSecond, "N2"),
                Number(result.P50Ms, "N1"),
                Number(result.P99Ms, "N1"),
                Number(result.CpuSeconds, "N3"),
                result.CpuSeconds is null ? None : $"{Number(result.LowestCpuSeconds, "N3")}–{Number(result.HighestCpuSeconds, "N3")}",
                Number(result.CpuSeconds / yarp.CpuSeconds, "N2"),
                Number(result.PeakMebibytes, "N0"));
        }

        var chunks = work.IsStream ? $" of {Number(options.Chunks, "N0")} events" : "";
        return $"""
            ## {work.Id}: {work.Title}

            {Number(requests, "N0")} requests{chunks} a round, {Number(concurrency, "N0")} at once; medians of {options.Rounds} rounds.

            {table.ToString().ReplaceLineEndings("\n")}

            After the rounds the gateway moves the usage records to the database: {Number(gateway.SettlingCpuSeconds, "N3")} CPU s per 1,000.
            """;
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? None;
}
