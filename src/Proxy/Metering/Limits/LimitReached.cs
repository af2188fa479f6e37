using System.Globalization;
using Gateway.Infrastructure;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Metering.Limits;

/// <summary>What a client is told whose key has no room for the request: which limit, what is left, what would help and when.</summary>
internal static class LimitReached
{
    // What requests under way do not use comes back when they end: within seconds, mostly.
    private static readonly TimeSpan SoonRetryAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan NeverRetryAfter = TimeSpan.FromHours(1);

    // Longer no program should wait by itself: the official libraries would try a few times within seconds, and fail anyway.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    public static Failure Failure(in UsedOfLimit limit, long need, DateTime now)
    {
        var rule = limit.Rule;
        var wouldFit = limit.Used + need <= rule.Limit;
        var resets = limit.Window.EndUtc - now;
        var wait = rule.Period == LimitPeriod.Lifetime ? NeverRetryAfter : resets > TimeSpan.FromSeconds(1) ? resets : TimeSpan.FromSeconds(1);
        wait = wouldFit && wait > SoonRetryAfter ? SoonRetryAfter : wait;
        var isMoney = rule.Measure == LimitMeasure.Usd;
        return new Failure(FailureKind.LimitClient, Message(limit, need, wouldFit, wait), RetryAfter: wait)
        {
            Code = isMoney && !wouldFit ? "insufficient_quota" : null,
            ShouldRetry = wait > LongestWait ? "false" : null,
        };
    }

    private static string Message(in UsedOfLimit limit, long need, bool wouldFit, TimeSpan wait)
    {
        var rule = limit.Rule;
        var models = rule.Models.Count > 0 ? $" with {string.Join(", ", rule.Models)}" : "";
        var span = rule.Period switch
        {
            LimitPeriod.Lifetime => "",
            LimitPeriod.FiveHours => " in 5 hours",
            _ => $" a {rule.Period.Name()}",
        };
        var has = rule.Measure switch
        {
            LimitMeasure.Usd when rule.Period == LimitPeriod.Lifetime => $"This API key has a quota of {Amount(rule, rule.Limit)}",
            LimitMeasure.Usd => $"This API key may spend {Amount(rule, rule.Limit)}{span}{models}",
            LimitMeasure.Requests => $"This API key may make {Amount(rule, rule.Limit)}{span}{models}",
            _ => $"This API key may use {Amount(rule, rule.Limit)}{span}{models}",
        };
        var left = Math.Max(0, rule.Limit - limit.Used);
        var rest = limit.Reserved > 0 ? $"{Amount(rule, left)} left, of which requests under way hold {Amount(rule, Math.Min(left, limit.Reserved))}" : $"{Amount(rule, left)} left";
        var needs = rule.Measure == LimitMeasure.Requests ? "" : $" This request may take up to {Amount(rule, need)}.";
        var help = wouldFit ? $" Try again in {Seconds(wait)}."
            : rule.Period == LimitPeriod.Lifetime ? left > 0 ? " Ask for less output (max_tokens), or have the quota raised." : " Have the quota raised."
            : isWorthAsking(rule, left) ? $" Ask for less output (max_tokens), or try again at {limit.Window.EndUtc:yyyy-MM-ddTHH:mm:ssZ}."
            : wait <= LongestWait ? $" Try again in {Seconds(wait)}."
            : $" It begins anew at {limit.Window.EndUtc:yyyy-MM-ddTHH:mm:ssZ}.";
        return $"{has}, with {rest}.{needs}{help}";

        static bool isWorthAsking(LimitRule rule, long left) => rule.Measure == LimitMeasure.Usd && left > 0;
    }

    private static string Amount(LimitRule rule, long amount) => rule.Measure switch
    {
        LimitMeasure.Usd => string.Create(CultureInfo.InvariantCulture, $"{Money.ToUsd(amount):0.#########} USD"),
        LimitMeasure.Requests => string.Create(CultureInfo.InvariantCulture, $"{amount} requests"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{amount} tokens"),
    };

    private static string Seconds(TimeSpan wait) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(wait.TotalSeconds):0} seconds");
}
