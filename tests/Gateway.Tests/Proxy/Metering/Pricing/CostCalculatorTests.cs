using Gateway.Infrastructure;
using Gateway.Proxy.Metering.Pricing;
using Gateway.Proxy.Neutral;

namespace Gateway.Tests.Proxy.Metering.Pricing;

/// <summary>
/// AC-16: costs worked out by hand from the platforms' price lists. 1 US dollar per 1,000,000 tokens is 1,000 nano-USD per token.
/// </summary>
public sealed class CostCalculatorTests
{
    [Fact]
    public void Claude_prices_input_cache_reads_and_both_lifetimes_of_cache_writes_apart()
    {
        var usage = new TokenUsage
        {
            InputTokens = 1_000,            // x  5,000 =  5,000,000
            CacheReadTokens = 10_000,       // x    500 =  5,000,000
            CacheWrite5mTokens = 2_000,     // x  6,250 = 12,500,000
            CacheWrite1hTokens = 500,       // x 10,000 =  5,000,000
            OutputTokens = 300,             // x 25,000 =  7,500,000
            ServiceTier = "standard",
            Geo = "not_available",
        };

        Cost(Platform.Claude, "claude-opus-4-8", usage).ShouldBe(35_000_000);
        Cost(Platform.ClaudeCcr, "claude-opus-4-8", usage).ShouldBe(35_000_000);
    }

    [Theory]
    [InlineData("claude-opus-4-8", null, null, 35_000_000)]
    [InlineData("claude-opus-4-8", "fast", null, 70_000_000)]
    [InlineData("claude-opus-4-8", null, "us", 38_500_000)]
    [InlineData("claude-opus-4-8", "FAST", "US", 77_000_000)]
    [InlineData("claude-opus-4-8", "standard", "global", 35_000_000)]
    [InlineData("claude-opus-4-6", "fast", null, 210_000_000)]
    public void Fast_mode_and_a_pinned_region_multiply_every_rate(string model, string? speed, string? geo, long nanoUsd)
    {
        var usage = new TokenUsage
        {
            InputTokens = 1_000,
            CacheReadTokens = 10_000,
            CacheWrite5mTokens = 2_000,
            CacheWrite1hTokens = 500,
            OutputTokens = 300,
            Speed = speed,
            Geo = geo,
        };

        Cost(Platform.Claude, model, usage).ShouldBe(nanoUsd);
    }

    [Theory]   // 72,000 uncached, 200,000 read, 1,000 output; then one more
    [InlineData(72_000, 245_000_000)]   // 72,000 x 2,500 + 200,000 x 250 + 1,000 x 15,000
    [InlineData(72_001, 482_505_000)]   // 72,001 x 5,000 + 200,000 x 500 + 1,000 x 22,500
    public void OpenAIs_long_prompts_cost_more_as_a_whole_beyond_the_threshold(long uncached, long nanoUsd) =>
        Cost(Platform.OpenAi, "gpt-5.4", new TokenUsage { InputTokens = uncached, CacheReadTokens = 200_000, OutputTokens = 1_000 })
            .ShouldBe(nanoUsd);

    [Theory]   // the threshold counts what is read from and written to the cache, too
    [InlineData(100_000, 0, 10_050_000)]      // 100,000 x 100 + 100 x 500
    [InlineData(100_001, 0, 50_250_500)]      // 100,001 x 500 + 100 x 2,500
    [InlineData(40_000, 60_000, 4_650_000)]   // 40,000 x 100 + 60,000 x 10 + 100 x 500
    [InlineData(40_000, 60_001, 23_250_050)]  // 40,000 x 500 + 60,001 x 50 + 100 x 2,500
    public void Claude_Haiku_5_5_costs_five_times_as_much_beyond_100_000_tokens(long uncached, long read, long nanoUsd) =>
        Cost(Platform.Claude, "claude-haiku-5-5", new TokenUsage { InputTokens = uncached, CacheReadTokens = read, OutputTokens = 100 })
            .ShouldBe(nanoUsd);

    [Fact]
    public void Claudes_long_prompts_move_cache_writes_too_where_the_entry_says_so() =>
        // 1,000 x 6,000 + 190,000 x 600 + 9,001 x 7,500 + 1 x 12,000 + 10 x 22,500
        Cost(Platform.Claude, "claude-sonnet-4-5", new TokenUsage
        {
            InputTokens = 1_000,
            CacheReadTokens = 190_000,
            CacheWrite5mTokens = 9_001,
            CacheWrite1hTokens = 1,
            OutputTokens = 10,
        }).ShouldBe(6_000_000 + 114_000_000 + 67_507_500 + 12_000 + 225_000);

    [Theory]   // AC-17: 100 uncached, 100 read, 100 output at the tier that the answer names
    [InlineData(null, 1_775_000)]        // 250,000 + 25,000 + 1,500,000
    [InlineData("default", 1_775_000)]
    [InlineData("auto", 1_775_000)]
    [InlineData("scale", 1_775_000)]
    [InlineData("flex", 888_000)]        // 125,000 + 13,000 + 750,000
    [InlineData("priority", 3_550_000)]  // 500,000 + 50,000 + 3,000,000
    [InlineData("Priority", 3_550_000)]
    [InlineData("fast", 3_550_000)]
    [InlineData("batch", 900_000)]       // 125,000 + 25,000 (no batch rate: the standard one) + 750,000
    public void The_tier_that_served_the_request_sets_the_price(string? tier, long nanoUsd)
    {
        var cost = CostCalculator.CostNanoUsd(
            Shipped.Find(Platform.OpenAi, "gpt-5.4"),
            new TokenUsage { InputTokens = 100, CacheReadTokens = 100, OutputTokens = 100, ServiceTier = tier },
            out var incomplete);

        cost.ShouldBe(nanoUsd);
        incomplete.ShouldBeFalse();
    }

    [Theory]
    [InlineData(272_000, "flex", 680_150_000, false)]     // 272,000 x 2,500 + 10 x 15,000
    [InlineData(272_001, "flex", 1_360_230_000, false)]   // 272,001 x 5,000 + 10 x 22,500: flex's own long-context rates
    [InlineData(272_001, "batch", 2_720_460_000, true)]   // 272,001 x 10,000 + 10 x 45,000: batch has none, so the standard ones
    public void A_tier_has_its_own_prices_for_long_prompts_or_the_standard_ones(long input, string tier, long nanoUsd, bool incomplete)
    {
        var usage = new TokenUsage { InputTokens = input, OutputTokens = 10, ServiceTier = tier };

        CostCalculator.CostNanoUsd(Shipped.Find(Platform.OpenAi, "gpt-5.6"), usage, out var isIncomplete).ShouldBe(nanoUsd);
        isIncomplete.ShouldBe(incomplete);
    }

    [Fact]
    public void A_rate_that_a_tier_does_not_list_for_long_prompts_is_the_standard_one_for_long_prompts() =>
        // 1 x 2,500 + 200,000 x 250 + 10 x 15,000
        Cost(Platform.Gemini, "gemini-2.5-pro", new TokenUsage
        {
            InputTokens = 1,
            CacheReadTokens = 200_000,
            OutputTokens = 10,
            ServiceTier = "priority",
        }).ShouldBe(50_152_500);

    [Fact]
    public void A_cache_write_without_a_lifetime_has_the_makers_one_price() =>
        // 1,000 x 5,000 + 1,000 x 6,250
        Cost(Platform.OpenAi, "gpt-5.6", new TokenUsage { InputTokens = 1_000, CacheWriteOtherTokens = 1_000 }).ShouldBe(11_250_000);

    [Fact]
    public void Geminis_audio_is_priced_apart_and_its_thoughts_are_inside_the_output() =>
        // 600 x 300 + 400 x 1,000 + 500 x 2,500
        Cost(Platform.Gemini, "gemini-2.5-flash", new TokenUsage
        {
            InputTokens = 1_000,
            InputAudioTokens = 400,
            OutputTokens = 500,
            ReasoningTokens = 300,
        }).ShouldBe(180_000 + 400_000 + 1_250_000);

    [Theory]
    [InlineData(200_000, 252_500_000)]   // 200,000 x 1,250 + 250 x 10,000
    [InlineData(200_001, 503_752_500)]   // 200,001 x 2,500 + 250 x 15,000
    public void Gemini_Pros_threshold_is_200_000_tokens(long input, long nanoUsd) =>
        Cost(Platform.Gemini, "gemini-2.5-pro", new TokenUsage { InputTokens = input, OutputTokens = 250 }).ShouldBe(nanoUsd);

    [Fact]
    public void An_image_in_the_output_has_its_own_price() =>
        // 10 x 300 + 10 x 2,500 + 1,290 x 30,000
        Cost(Platform.Gemini, "gemini-2.5-flash-image", new TokenUsage
        {
            InputTokens = 10,
            OutputTokens = 1_300,
            OutputImageTokens = 1_290,
        }).ShouldBe(3_000 + 25_000 + 38_700_000);

    [Fact]
    public void OpenAIs_audio_is_priced_apart_in_input_output_and_cache()
    {
        // 100 x 2,500 + 50 x 40,000 + 20 x 10,000 + 60 x 80,000
        Cost(Platform.OpenAi, "gpt-4o-audio-preview", new TokenUsage
        {
            InputTokens = 150,
            InputAudioTokens = 50,
            OutputTokens = 80,
            OutputAudioTokens = 60,
        }).ShouldBe(250_000 + 2_000_000 + 200_000 + 4_800_000);

        // 60 x 60 + 40 x 300
        Cost(Platform.OpenAi, "gpt-realtime-2.1-mini", new TokenUsage { CacheReadTokens = 100, CacheReadAudioTokens = 40 })
            .ShouldBe(15_600);
    }

    [Fact]
    public void Audio_and_images_without_a_price_cost_what_text_costs()
    {
        var usage = new TokenUsage
        {
            InputTokens = 100,
            InputAudioTokens = 40,
            InputImageTokens = 40,
            CacheReadTokens = 100,
            CacheReadAudioTokens = 100,
            OutputTokens = 100,
            OutputAudioTokens = 50,
            OutputImageTokens = 50,
        };

        CostCalculator.CostNanoUsd(Shipped.Find(Platform.Claude, "claude-opus-5"), usage, out var incomplete)
            .ShouldBe(100 * 5_000 + 100 * 500 + 100 * 25_000);
        incomplete.ShouldBeFalse();
    }

    [Fact]
    public void Reasoning_is_priced_apart_only_where_it_has_a_price()
    {
        var usage = new TokenUsage { OutputTokens = 1_000, ReasoningTokens = 600 };
        var apart = new ModelPrices { Input = 1, Output = 4, ReasoningOutput = 6 };

        CostCalculator.CostNanoUsd(Shipped.Quote(apart), usage).ShouldBe(400 * 4_000 + 600 * 6_000);
        CostCalculator.CostNanoUsd(Shipped.Quote(apart with { ReasoningOutput = null }), usage).ShouldBe(1_000 * 4_000);
    }

    [Theory]
    [InlineData(null, 2_500_000)]
    [InlineData("us", 2_750_000)]
    public void Azures_data_zones_cost_a_tenth_more(string? zone, long nanoUsd) =>
        CostCalculator.CostNanoUsd(Shipped.Find(Platform.Azure, "gpt-5.4", zone), new TokenUsage { InputTokens = 1_000 }).ShouldBe(nanoUsd);

    [Theory]   // 1,000 input, 1,000 read, 1,000 written for 5 minutes, 100 output
    [InlineData("anthropic.claude-sonnet-4-5-20250929-v1:0", 8_550_000)]      // 3,000,000 + 300,000 + 3,750,000 + 1,500,000
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0", 9_405_000)]   // 3,300,000 + 330,000 + 4,125,000 + 1,650,000
    public void Bedrocks_regional_profiles_cost_a_tenth_more(string model, long nanoUsd) =>
        Cost(Platform.Bedrock, model, new TokenUsage
        {
            InputTokens = 1_000,
            CacheReadTokens = 1_000,
            CacheWrite5mTokens = 1_000,
            OutputTokens = 100,
        }).ShouldBe(nanoUsd);

    [Fact]
    public void An_embedding_costs_its_input() =>
        Cost(Platform.OpenAi, "text-embedding-3-small", new TokenUsage { InputTokens = 7 }).ShouldBe(140);

    [Fact]
    public void An_unknown_model_costs_what_the_policy_says() =>
        // 100 x 15,000 + 100 x 15,000 + 100 x 15,000 + 10 x 75,000
        Cost(Platform.OpenAi, "gpt-9", new TokenUsage
        {
            InputTokens = 100,
            CacheReadTokens = 100,
            CacheWriteOtherTokens = 100,
            OutputTokens = 10,
        }).ShouldBe(5_250_000);

    [Fact]
    public void Web_searches_are_charged_by_the_call()
    {
        var usage = new TokenUsage { InputTokens = 1, WebSearchCalls = 3, Geo = "us" };

        // 1 x 4,000 x 1.1 + 3 x 10,000,000: a region moves token prices only
        CostCalculator.CostNanoUsd(Shipped.Find(Platform.Claude, "claude-opus-5-5"), usage, out var incomplete).ShouldBe(30_004_400);
        incomplete.ShouldBeFalse();
        CostCalculator.CostNanoUsd(Shipped.Find(Platform.OpenAi, "gpt-5.4"), usage with { Geo = null }, out incomplete).ShouldBe(2_500);
        incomplete.ShouldBeTrue();
    }

    private static long Cost(Platform platform, string model, TokenUsage usage) =>
        CostCalculator.CostNanoUsd(Shipped.Find(platform, model), usage);
}
