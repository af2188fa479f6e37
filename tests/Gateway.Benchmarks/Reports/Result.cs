using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Targets;

namespace Gateway.Benchmarks.Reports;

/// <summary>The rounds of one target.</summary>
internal sealed class Result(Target target)
{
    private readonly List<Round> _rounds = [];

    public string Name => target.Name;

    public Round Last => _rounds[^1];

    public double RequestsPerSecond => Median(_rounds.Select(round => round.RequestsPerSecond));

    public double P50Ms => Median(_rounds.Select(round => round.P50Ms));

    public double P99Ms => Median(_rounds.Select(round => round.P99Ms));

    /// <summary>Per 1,000 requests; null: no process.</summary>
    public double? CpuSeconds => target.Process is null ? null : Median(_rounds.Select(round => round.CpuSeconds!.Value));

    public double LowestCpuSeconds => _rounds.Min(round => round.CpuSeconds!.Value);

    public double HighestCpuSeconds => _rounds.Max(round => round.CpuSeconds!.Value);

    /// <summary>Per 1,000 requests, after the round.</summary>
    public double? SettlingCpuSeconds => target.Process is null ? null : Median(_rounds.Select(round => round.SettlingCpuSeconds!.Value));

    /// <summary>Since the process started.</summary>
    public double? PeakMebibytes { get; private set; }

    public void Add(Round round)
    {
        _rounds.Add(round);
        PeakMebibytes = target.Process?.PeakBytes / (1024.0 * 1024.0);
    }

    /// <summary>Forgets the rounds so far, not the memory.</summary>
    public void Forget() => _rounds.Clear();

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
