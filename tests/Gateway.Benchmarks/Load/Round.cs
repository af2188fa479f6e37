namespace Gateway.Benchmarks.Load;

/// <summary>What one round of one target came to.</summary>
internal sealed class Round
{
    /// <param name="latencies">From sending each request to the last byte of its reply, in any order.</param>
    /// <param name="elapsed">From the first request to the last reply.</param>
    /// <param name="cpu">Of the target's process in that time; null: it has none.</param>
    /// <param name="settlingCpu">Of the same process afterwards, for what it had put off.</param>
    public Round(TimeSpan[] latencies, TimeSpan elapsed, TimeSpan? cpu, TimeSpan? settlingCpu)
    {
        Array.Sort(latencies);
        RequestsPerSecond = latencies.Length / elapsed.TotalSeconds;
        P50Ms = Percentile(latencies, 0.50);
        P99Ms = Percentile(latencies, 0.99);
        CpuSeconds = cpu?.TotalSeconds / latencies.Length * 1000;
        SettlingCpuSeconds = settlingCpu?.TotalSeconds / latencies.Length * 1000;
    }

    public double RequestsPerSecond { get; }

    public double P50Ms { get; }

    public double P99Ms { get; }

    /// <summary>Per 1,000 requests.</summary>
    public double? CpuSeconds { get; }

    /// <summary>Per 1,000 requests.</summary>
    public double? SettlingCpuSeconds { get; }

    /// <summary>The least latency that a share of the requests did not exceed.</summary>
    private static double Percentile(TimeSpan[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1].TotalMilliseconds;
}
