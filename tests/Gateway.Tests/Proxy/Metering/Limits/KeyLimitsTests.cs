using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering.Limits;

namespace Gateway.Tests.Proxy.Metering.Limits;

public sealed class KeyLimitsTests
{
    private static readonly Subscription Weekly = new("week", 12.5m, "Asia/Tokyo", "sunday");

    [Fact]
    public void The_shorthands_and_the_list_come_to_rules_the_longest_first()
    {
        var limits = KeyLimits.Of(Terms(quota: 7, subscription: Weekly, requests: 60, tokens: 1000, new KeyLimit("usd", "day", 0.5m), new KeyLimit("requests", "5h", 9, ["gpt-*"])));

        limits.Rules.Select(rule => $"{rule.Measure} {rule.Period} {rule.Limit}").ShouldBe(
            ["Usd Lifetime 7", "Usd Week 12500000000", "Usd Day 500000000", "Requests FiveHours 9", "Requests Minute 60", "Tokens Minute 1000"]);
        limits.Rules[2].Zone.Id.ShouldBe("Asia/Tokyo", "days are those of the key's time zone");
    }

    [Fact]
    public void Of_limits_that_count_alike_the_tightest_holds()
    {
        var limits = KeyLimits.Of(Terms(requests: 60, limits: [new KeyLimit("requests", "minute", 10), new KeyLimit("requests", "minute", 5, ["gpt-5"])]));

        limits.Rules.Select(rule => (rule.Limit, rule.Models.Count)).ShouldBe([(10, 0), (5, 1)], ignoreOrder: true);
    }

    [Fact]
    public void A_subscription_counts_only_for_a_key_that_pays_by_it()
    {
        KeyLimits.Of(Terms(subscription: Weekly) with { BillingMode = BillingMode.Quota }).Rules.ShouldBeEmpty();
    }

    [Fact]
    public void Counters_are_whole_for_the_limits_that_they_were_made_for_and_no_others()
    {
        var limits = KeyLimits.Of(Terms(quota: 7, requests: 60));

        KeyLimits.Of(Terms(quota: 8, requests: 10)).Signature.ShouldBe(limits.Signature, "another amount counts alike");
        KeyLimits.Of(Terms(quota: 7, limits: [new KeyLimit("usd", "day", 1)])).Signature.ShouldNotBe(limits.Signature);
        KeyLimits.Of(Terms(quota: 7, limits: [new KeyLimit("usd", "day", 1, ["a"])])).Signature.ShouldNotBe(KeyLimits.Of(Terms(quota: 7, limits: [new KeyLimit("usd", "day", 1, ["b"])])).Signature);
        KeyLimits.Of(Terms(requests: 60)).Signature.ShouldBe("", "minutes are never made anew");
    }

    private static KeyTerms Terms(long? quota = null, Subscription? subscription = null, int? requests = null, long? tokens = null, params KeyLimit[] limits) =>
        new(subscription is null ? BillingMode.Quota : BillingMode.Subscription, quota, subscription, requests, tokens, limits);
}
