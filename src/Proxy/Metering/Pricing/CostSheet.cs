using Gateway.Infrastructure;

namespace Gateway.Proxy.Metering.Pricing;

/// <summary>Adds up one request. Exact until the end, where it rounds once.</summary>
internal struct CostSheet(ApplicableRates rates, List<CostLine>? lines)
{
    private const long Million = 1_000_000;
    private const decimal OneMillionth = 0.000001m;

    private decimal _sumUsd;

    public bool IsComplete { get; private set; } = rates.IsComplete;

    /// <summary>
    /// Rounded half away from zero. A forged count must neither throw where a request is settled nor overflow the counters it is added to,
    /// so it stops at the largest amount they take.
    /// </summary>
    public readonly long TotalNanoUsd => Money.ToNanoUsd(Math.Min(_sumUsd, Money.MaxUsd));

    public void AddTokens(string bucket, long tokens, RateKind kind)
    {
        if (tokens > 0)
        {
            var rate = rates.Of(kind, out var exact);
            Add(new CostLine(bucket, tokens, rate, Million, tokens * rate * OneMillionth, exact));
        }
    }

    public void AddTokens(RateKind kind, long tokens) => AddTokens(kind.Name(), tokens, kind);

    public void AddCalls(string bucket, long calls, decimal? usdPerCall)
    {
        if (calls > 0)
        {
            Add(new CostLine(bucket, calls, usdPerCall ?? 0, 1, calls * (usdPerCall ?? 0), usdPerCall is not null));
        }
    }

    private void Add(in CostLine line)
    {
        _sumUsd += line.AmountUsd;
        IsComplete &= line.IsExact;
        lines?.Add(line);
    }
}
