using System.Runtime.CompilerServices;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Time;

namespace Gateway.Proxy.Metering.Limits;

/// <summary>The limits of a key as rules: what its quota, its subscription, its shorthands and its list of limits come to.</summary>
internal sealed class KeyLimits
{
    /// <summary>Of a key that may use what it likes.</summary>
    public static readonly KeyLimits None = new([]);

    private static readonly ConditionalWeakTable<KeyTerms, KeyLimits> Made = [];

    private KeyLimits(LimitRule[] rules)
    {
        Rules = rules;
        Signature = string.Join(' ', rules.Where(rule => !rule.IsFleeting).Select(rule => rule.Counter).Order(StringComparer.Ordinal));
    }

    /// <summary>The longest windows first; of rules that count alike the tightest. None: the key may use what it likes.</summary>
    public IReadOnlyList<LimitRule> Rules { get; }

    /// <summary>Names all counters that have to be known. Counters that were made for other rules may lack something.</summary>
    public string Signature { get; }

    /// <summary>Made once for the terms of a key.</summary>
    public static KeyLimits Of(KeyTerms terms) => Made.GetValue(terms, static terms => new KeyLimits(Make(terms)));

    /// <summary>The rule of the key's subscription; null: it pays otherwise.</summary>
    public static LimitRule? OfSubscription(Subscription? subscription) => subscription is null ? null : new LimitRule(
        LimitMeasure.Usd, LimitNames.ToPeriod(subscription.Period), Money.ToNanoUsd(subscription.LimitUsd), ZoneOf(subscription), WeekStartsOf(subscription));

    private static LimitRule[] Make(KeyTerms terms)
    {
        var rules = new List<LimitRule>();
        if (terms.QuotaNanoUsd is { } quota)
        {
            rules.Add(new LimitRule(LimitMeasure.Usd, LimitPeriod.Lifetime, quota));
        }

        if (terms.BillingMode == BillingMode.Subscription && OfSubscription(terms.Subscription) is { } subscription)
        {
            rules.Add(subscription);
        }

        if (terms.RequestsPerMinute is { } requests)
        {
            rules.Add(new LimitRule(LimitMeasure.Requests, LimitPeriod.Minute, requests));
        }

        if (terms.TokensPerMinute is { } tokens)
        {
            rules.Add(new LimitRule(LimitMeasure.Tokens, LimitPeriod.Minute, tokens));
        }

        var zone = ZoneOf(terms.Subscription);
        var weekStarts = WeekStartsOf(terms.Subscription);
        rules.AddRange(terms.Limits.Select(limit =>
        {
            var measure = LimitNames.ToMeasure(limit.Measure);
            var most = measure == LimitMeasure.Usd ? Money.ToNanoUsd(limit.Limit) : decimal.ToInt64(limit.Limit);
            return new LimitRule(measure, LimitNames.ToPeriod(limit.Window), most, zone, weekStarts, limit.Models);
        }));
        return [.. rules.GroupBy(rule => rule.Counter).Select(alike => alike.MinBy(rule => rule.Limit)!).OrderBy(rule => rule.Period)];
    }

    private static TimeZoneInfo ZoneOf(Subscription? subscription) => TimeZones.FindOrUtc(subscription?.TimeZone);

    private static DayOfWeek WeekStartsOf(Subscription? subscription) =>
        Enum.TryParse<DayOfWeek>(subscription?.WeekStarts, ignoreCase: true, out var day) ? day : DayOfWeek.Monday;
}
