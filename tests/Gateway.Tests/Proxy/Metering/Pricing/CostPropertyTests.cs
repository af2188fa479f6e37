using System.Numerics;
using Gateway.Infrastructure;
using Gateway.Proxy.Metering.Pricing;
using Gateway.Proxy.Neutral;

namespace Gateway.Tests.Proxy.Metering.Pricing;

/// <summary>What holds for every shipped price and any usage. The seeds are fixed, so a failure repeats.</summary>
public sealed class CostPropertyTests
{
    private const int RequestsPerEntry = 20;

    [Fact]
    public void A_cost_is_the_exact_sum_of_its_lines_rounded_once() =>
        ForEveryEntry(16, (quote, usage, why) =>
        {
            var lines = CostCalculator.CostLines(quote, usage);
            var (mantissa, scale) = (BigInteger.Zero, BigInteger.Pow(10, 60));
            foreach (var line in lines)
            {
                mantissa += line.Quantity * Exact(line.RateUsd, scale) / line.RatePer;
            }

            // Half away from zero, in integers: nano-USD = floor(sum x 10^9 + 1/2).
            var expected = (long)((mantissa * Money.NanoPerUsd * 2 + scale) / (scale * 2));
            CostCalculator.CostNanoUsd(quote, usage, out var incomplete).ShouldBe(expected, why);
            Money.ToNanoUsd(lines.Sum(line => line.AmountUsd)).ShouldBe(expected, why);
            (incomplete || lines.All(line => line.IsExact)).ShouldBeTrue(why);
        });

    [Fact]
    public void Every_token_is_on_one_line() =>
        ForEveryEntry(17, (quote, usage, why) =>
            CostCalculator.CostLines(quote, usage).Where(line => line.RatePer == 1_000_000).Sum(line => line.Quantity)
                .ShouldBe(usage.TotalInputTokens + (usage.OutputTokens ?? 0), why));

    [Fact]
    public void No_request_costs_more_than_the_most_it_can() =>
        ForEveryEntry(18, (quote, usage, why) =>
        {
            usage.WebSearchCalls = null;
            var most = CostCalculator.MaxCostNanoUsd(quote, usage.TotalInputTokens, usage.OutputTokens ?? 0, ServiceTerms.Of(usage));

            CostCalculator.CostNanoUsd(quote, usage).ShouldBeLessThanOrEqualTo(most, why);
        });

    [Fact]
    public void More_tokens_never_cost_less() =>
        ForEveryEntry(19, (quote, usage, why) =>
        {
            var more = usage with { OutputTokens = (usage.OutputTokens ?? 0) + 1 };

            CostCalculator.CostNanoUsd(quote, more).ShouldBeGreaterThanOrEqualTo(CostCalculator.CostNanoUsd(quote, usage), why);
        });

    [Fact]
    public void The_lines_name_what_was_counted()
    {
        var usage = new TokenUsage { InputTokens = 10, CacheWriteOtherTokens = 5, OutputTokens = 2, WebSearchCalls = 1 };

        CostCalculator.CostLines(Shipped.Find(Platform.OpenAi, "gpt-5.6"), usage).ShouldBe(
        [
            new CostLine("input", 10, 5m, 1_000_000, 0.00005m, true),
            new CostLine("cache_write", 5, 6.25m, 1_000_000, 0.00003125m, true),
            new CostLine("output", 2, 30m, 1_000_000, 0.00006m, true),
            new CostLine("web_search", 1, 0m, 1, 0m, false),
        ]);
    }

    private static void ForEveryEntry(int seed, Action<PriceQuote, TokenUsage, string> check)
    {
        var random = new Random(seed);
        Shipped.Catalog.Entries.ShouldNotBeEmpty();
        foreach (var entry in Shipped.Catalog.Entries)
        {
            var quote = Shipped.Find(entry.Platforms[0], entry.Model);
            for (var i = 0; i < RequestsPerEntry; i++)
            {
                var usage = AnyUsage(random);
                check(quote, usage, $"{entry.Model}, {usage}");
            }
        }
    }

    private static TokenUsage AnyUsage(Random random)
    {
        return new TokenUsage
        {
            InputTokens = Tokens(),
            InputAudioTokens = Tokens(),
            InputImageTokens = Tokens(),
            CacheReadTokens = Tokens(),
            CacheReadAudioTokens = Tokens(),
            CacheWrite5mTokens = Tokens(),
            CacheWrite1hTokens = Tokens(),
            CacheWriteOtherTokens = Tokens(),
            OutputTokens = Tokens(),
            OutputAudioTokens = Tokens(),
            OutputImageTokens = Tokens(),
            ReasoningTokens = Tokens(),
            WebSearchCalls = random.Next(3),
            ServiceTier = Any(null, "standard", "batch", "priority", "flex"),
            Speed = Any(null, "standard", "fast"),
            Geo = Any(null, "us", "eu"),
        };

        // Half of them absent; the others of any magnitude up to 1,000,000.
        long? Tokens() => random.Next(2) == 0 ? null : random.Next(1_000_000) >> random.Next(20);

        string? Any(params string?[] choices) => choices[random.Next(choices.Length)];
    }

    /// <summary>A decimal as an integer of units of 1/<paramref name="scale"/>.</summary>
    private static BigInteger Exact(decimal value, BigInteger scale)
    {
        var bits = decimal.GetBits(value);
        var mantissa = ((BigInteger)(uint)bits[2] << 64) | ((BigInteger)(uint)bits[1] << 32) | (uint)bits[0];
        return mantissa * scale / BigInteger.Pow(10, value.Scale);
    }
}
