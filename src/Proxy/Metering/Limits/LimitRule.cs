using System.Security.Cryptography;
using System.Text;
using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Proxy.Metering.Queries;

namespace Gateway.Proxy.Metering.Limits;

/// <summary>One limit of a key. What is enforced and what is shown ask the same rule.</summary>
internal sealed class LimitRule
{
    public LimitRule(LimitMeasure measure, LimitPeriod period, long limit, TimeZoneInfo? zone = null, DayOfWeek weekStarts = DayOfWeek.Monday, IReadOnlyList<string>? models = null)
    {
        (Measure, Period, Limit, Zone, WeekStarts, Models) = (measure, period, limit, zone ?? TimeZoneInfo.Utc, weekStarts, models ?? []);
        Counter = CounterOf();
    }

    public LimitMeasure Measure { get; }

    public LimitPeriod Period { get; }

    /// <summary>The most that a window may hold: nano-USD, requests or tokens.</summary>
    public long Limit { get; }

    public TimeZoneInfo Zone { get; }

    public DayOfWeek WeekStarts { get; }

    /// <summary>Which models count, exact names or one trailing <c>*</c>; empty: all.</summary>
    public IReadOnlyList<string> Models { get; }

    /// <summary>What it counts, by a name: rules of one name count alike.</summary>
    public string Counter { get; }

    /// <summary>Whether the counter is so short-lived that it is never made again from the database.</summary>
    public bool IsFleeting => Period == LimitPeriod.Minute;

    public LimitWindow WindowAt(DateTime utc) => LimitWindow.At(Period, Zone, WeekStarts, utc);

    public bool Counts(string model) => ModelPattern.MatchesAny(Models, model);

    public long AmountOf(RequestUsage usage) => AmountOf(UsageSums.Of(usage));

    public long AmountOf(in UsageSums sums) => Measure switch
    {
        LimitMeasure.Usd => sums.BilledNanoUsd,
        LimitMeasure.Cost => sums.CostNanoUsd,
        LimitMeasure.Requests => sums.Requests,
        _ => sums.InputTokens + sums.CacheWriteTokens + sums.OutputTokens,
    };

    private string CounterOf()
    {
        var name = new StringBuilder(Measure.Name()).Append(':').Append(Period.Name());
        if (Period is LimitPeriod.Day or LimitPeriod.Week or LimitPeriod.Month)
        {
            name.Append(':').Append(Zone.Id);
        }

        if (Period == LimitPeriod.Week)
        {
            name.Append(':').Append(WeekStarts);
        }

        if (Models.Count > 0)
        {
            var models = string.Join('\n', Models.Order(StringComparer.Ordinal));
            name.Append(':').Append(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(models)).AsSpan(0, 8)));
        }

        return name.ToString();
    }
}
