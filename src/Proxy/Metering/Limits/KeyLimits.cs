using System.Runtime.CompilerServices;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Time;

namespace Gateway.Proxy.Metering.Limits;

/// <summary>The limits of a key as rules: what its quota, its subscription, its shorthands and its list of limits come to.</summary>
internal static class KeyLimits
{
    private static readonly ConditionalWeakTable<KeyTerms, LimitSet> Made = [];

    /// <summary>Made once for the terms of a key.</summary>
    public static LimitSet Of(KeyTerms terms) => Made.GetValue(terms, static terms => new LimitSet(Make(terms)));

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
