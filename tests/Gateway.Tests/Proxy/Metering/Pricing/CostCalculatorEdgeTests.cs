using Gateway.Infrastructure;
using Gateway.Proxy.Metering.Pricing;
using Gateway.Proxy.Neutral;

namespace Gateway.Tests.Proxy.Metering.Pricing;

/// <summary>Missing prices, odd counts, rounding, and what is derived from a cost.</summary>
public sealed class CostCalculatorEdgeTests
{
    [Fact]
    public void A_missing_price_is_inputs_and_marks_the_cost_incomplete()
    {
        var quote = Shipped.Quote(new ModelPrices { Input = 3 });

        Cost(quote, new TokenUsage { InputTokens = 10 }).ShouldBe((30_000, false));
        Cost(quote, new TokenUsage { CacheReadTokens = 10 }).ShouldBe((30_000, true));
        Cost(quote, new TokenUsage { CacheReadTokens = 10, CacheReadAudioTokens = 10 }).ShouldBe((30_000, true));
        Cost(quote, new TokenUsage { CacheWrite5mTokens = 10 }).ShouldBe((30_000, true));
        Cost(quote, new TokenUsage { CacheWrite1hTokens = 10 }).ShouldBe((30_000, true));
        Cost(quote, new TokenUsage { CacheWriteOtherTokens = 10 }).ShouldBe((30_000, true));
        Cost(quote, new TokenUsage { OutputTokens = 10 }).ShouldBe((30_000, true));
        Cost(quote, new TokenUsage { InputTokens = 10, CacheReadTokens = 0, OutputTokens = 0 }).ShouldBe((30_000, false));
    }

    [Fact]
    public void A_missing_price_is_inputs_for_long_prompts_where_the_prompt_is_long()
    {
        var quote = Shipped.Quote(new ModelPrices { Input = 3, LongContext = new LongContextRates { ThresholdTokens = 9, Input = 5 } });

        Cost(quote, new TokenUsage { CacheReadTokens = 9 }).ShouldBe((27_000, true));
        Cost(quote, new TokenUsage { CacheReadTokens = 10 }).ShouldBe((50_000, true));
    }

    [Fact]
    public void Without_any_price_nothing_is_charged_and_the_cost_says_so() =>
        Cost(Shipped.Find(Platform.OpenAi, "whisper-1"), new TokenUsage { InputTokens = 10, OutputTokens = 10 }).ShouldBe((0, true));

    [Theory]
    [InlineData("flex", null, true)]
    [InlineData("batch", null, true)]
    [InlineData("priority", null, true)]
    [InlineData("a-tier-of-tomorrow", null, true)]
    [InlineData("reserved", null, false)]
    [InlineData("ON_DEMAND", null, false)]
    [InlineData("", null, false)]
    [InlineData(null, "fast", true)]
    [InlineData(null, "standard", false)]
    public void A_tier_or_speed_without_prices_costs_the_standard_ones_and_marks_the_cost_incomplete(
        string? tier, string? speed, bool incomplete) =>
        Cost(Shipped.Quote(new ModelPrices { Input = 3 }), new TokenUsage { InputTokens = 10, ServiceTier = tier, Speed = speed })
            .ShouldBe((30_000, incomplete));

    [Fact]
    public void What_is_not_reported_or_below_zero_counts_as_nothing()
    {
        var quote = Shipped.Find(Platform.Claude, "claude-opus-5");

        Cost(quote, default).ShouldBe((0, false));
        Cost(quote, new TokenUsage { InputTokens = -5, OutputTokens = 2, CacheReadTokens = -1, WebSearchCalls = -1 })
            .ShouldBe((50_000, false));
    }

    [Fact]
    public void A_negative_count_does_not_shorten_the_prompt()
    {
        var quote = Shipped.Find(Platform.OpenAi, "gpt-5.4");

        Cost(quote, new TokenUsage { InputTokens = 272_001, CacheReadTokens = -1 }).ShouldBe((272_001 * 5_000, false));
    }

    [Fact]
    public void A_part_larger_than_its_whole_is_not_priced_twice()
    {
        var prices = new ModelPrices
        {
            Input = 1,
            AudioInput = 2,
            ImageInput = 3,
            Output = 4,
            AudioOutput = 5,
            ImageOutput = 6,
            ReasoningOutput = 7,
        };
        var usage = new TokenUsage
        {
            InputTokens = 10,
            InputAudioTokens = 8,
            InputImageTokens = 8,
            OutputTokens = 10,
            OutputAudioTokens = 4,
            OutputImageTokens = 4,
            ReasoningTokens = 8,
        };

        // 8 audio and 2 images in; 4 audio, 4 images and 2 reasoning out
        Cost(Shipped.Quote(prices), usage).ShouldBe((8 * 2_000 + 2 * 3_000 + 4 * 5_000 + 4 * 6_000 + 2 * 7_000, false));
    }

    [Theory]
    [InlineData(1, 0, 0, 1)]   // 0.5
    [InlineData(1, 1, 1, 2)]   // 1.5, not three times 1
    [InlineData(5, 0, 0, 3)]   // 2.5, not to the even 2
    [InlineData(1, 1, 0, 1)]   // 1.0
    public void The_sum_is_rounded_once_half_away_from_zero(long input, long cacheRead, long output, long nanoUsd)
    {
        var half = Shipped.Quote(new ModelPrices { Input = 0.0005m, CacheRead = 0.0005m, Output = 0.0005m });

        Cost(half, new TokenUsage { InputTokens = input, CacheReadTokens = cacheRead, OutputTokens = output }).ShouldBe((nanoUsd, false));
    }

    [Fact]
    public void A_forged_count_costs_the_largest_amount_and_throws_nothing()
    {
        var usage = new TokenUsage
        {
            InputTokens = long.MaxValue,
            CacheReadTokens = long.MaxValue,
            CacheWrite5mTokens = long.MaxValue,
            CacheWrite1hTokens = long.MaxValue,
            CacheWriteOtherTokens = long.MaxValue,
            OutputTokens = long.MaxValue,
            WebSearchCalls = long.MaxValue,
            Speed = "fast",
            Geo = "us",
        };
        var dearest = Shipped.Quote(new ModelPrices
        {
            Input = PriceRules.MaxUsdPerMillion,
            Output = PriceRules.MaxUsdPerMillion,
            Multipliers = new PriceMultipliers { Fast = PriceRules.MaxMultiplier, Us = PriceRules.MaxMultiplier },
            PerUnit = new UnitPrices { WebSearch = PriceRules.MaxUsdPerUnit },
        });

        foreach (var quote in new[] { dearest, Shipped.Find(Platform.Claude, "claude-haiku-5-5") })
        {
            CostCalculator.CostNanoUsd(quote, usage).ShouldBe(9_000_000_000_000_000);
            CostCalculator.MaxCostNanoUsd(quote, long.MaxValue, long.MaxValue, ServiceTerms.Of(usage)).ShouldBe(9_000_000_000_000_000);
        }
    }

    [Theory]
    [InlineData(35_000_000, "1", 35_000_000)]
    [InlineData(35_000_000, "0", 0)]
    [InlineData(35_000_000, "1.2345", 43_207_500)]
    [InlineData(3, "0.5", 2)]   // 1.5
    [InlineData(1, "0.5", 1)]
    [InlineData(1, "0.4999", 0)]
    [InlineData(9_000_000_000_000_000, "100", 9_000_000_000_000_000)]
    public void What_is_billed_is_the_cost_times_the_keys_multiplier_rounded_likewise(long cost, string multiplier, long billed) =>
        CostCalculator.Billed(cost, decimal.Parse(multiplier, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(billed);

    [Theory]
    [InlineData(1_000, 100, 12_500_000)]        // 1,000 x 10,000 (a write for an hour is the dearest input) + 100 x 25,000
    [InlineData(0, 0, 0)]
    [InlineData(-1, -1, 0)]
    public void The_most_a_request_can_cost_takes_the_dearest_kinds(long input, long output, long nanoUsd) =>
        CostCalculator.MaxCostNanoUsd(Shipped.Find(Platform.Claude, "claude-opus-5"), input, output).ShouldBe(nanoUsd);

    [Theory]
    [InlineData(null, null, 40_000_000)]           // 1,000 x 10,000 + 1,000 x 30,000
    [InlineData("flex", null, 40_000_000)]
    [InlineData("priority", null, 80_000_000)]
    [InlineData("priority", "us", 88_000_000)]
    public void The_most_a_request_can_cost_heeds_the_tier_asked_for_but_trusts_no_cheaper_one(string? tier, string? geo, long nanoUsd)
    {
        var quote = Shipped.Quote(new ModelPrices
        {
            Input = 10,
            Output = 30,
            CacheWrite5m = 6.25m,
            Flex = new TierRates { Input = 5, Output = 15 },
            Priority = new TierRates { Input = 20, Output = 60 },
            Multipliers = new PriceMultipliers { Us = 1.1m },
        });

        CostCalculator.MaxCostNanoUsd(quote, 1_000, 1_000, new ServiceTerms(tier, null, geo)).ShouldBe(nanoUsd);
    }

    [Theory]
    [InlineData(272_000, 1_700_030_000)]    // 272,000 x 6,250 + 1 x 30,000
    [InlineData(272_001, 3_400_057_500)]    // 272,001 x 12,500 + 1 x 45,000
    public void The_most_a_request_can_cost_uses_the_prices_for_long_prompts_beyond_the_threshold(long input, long nanoUsd) =>
        CostCalculator.MaxCostNanoUsd(Shipped.Find(Platform.OpenAi, "gpt-5.6"), input, 1).ShouldBe(nanoUsd);

    private static (long NanoUsd, bool Incomplete) Cost(PriceQuote quote, TokenUsage usage)
    {
        var cost = CostCalculator.CostNanoUsd(quote, usage, out var incomplete);
        return (cost, incomplete);
    }
}
