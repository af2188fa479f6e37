using Gateway.Proxy.Metering.Pricing;

namespace Gateway.Tests.Proxy.Metering.Pricing;

public sealed class PriceRulesTests
{
    [Fact]
    public void Every_price_that_cannot_be_right_is_named()
    {
        var prices = new ModelPrices
        {
            Input = -0.1m,
            CacheWrite5m = 1_000_000.1m,
            LongContext = new LongContextRates { Input = -1 },
            Batch = new TierRates { Output = -1 },
            Priority = new TierRates { LongContext = new LongContextRates { ThresholdTokens = -1, CacheWrite1h = -1 } },
            Flex = new TierRates { Output = 1 },
            PerUnit = new UnitPrices { WebSearch = -1, Query = 1_001 },
            Multipliers = new PriceMultipliers { Fast = 0, Us = 101, Eu = 1.1m },
            ContextWindow = 0,
            MaxOutputTokens = -1,
        };

        PriceRules.Check(prices).Select(problem => problem.Field).ShouldBe(
        [
            "input",
            "cache_write_5m",
            "long_context.input",
            "long_context.threshold_tokens",
            "batch.output",
            "priority.long_context.cache_write_1h",
            "priority.long_context.threshold_tokens",
            "per_unit.query",
            "per_unit.web_search",
            "multipliers.fast",
            "multipliers.us",
            "context_window",
            "max_output_tokens",
        ]);
    }

    [Fact]
    public void Prices_may_be_absent_or_zero() =>
        PriceRules.Check(new ModelPrices { Input = 0, Output = 1_000_000, Multipliers = new PriceMultipliers() }).ShouldBeEmpty();
}
