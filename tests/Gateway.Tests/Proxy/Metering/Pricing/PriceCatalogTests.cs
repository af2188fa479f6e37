using Gateway.Infrastructure;
using Gateway.Proxy.Metering.Pricing;
using Gateway.Proxy.Neutral;

namespace Gateway.Tests.Proxy.Metering.Pricing;

public sealed class PriceCatalogTests
{
    [Fact]
    public void The_catalogue_has_every_entry_and_name_that_its_README_counts()
    {
        var catalogue = Shipped.Catalog.Entries.Where(entry => entry.Version == "catalogue:2026-08-01").ToList();

        catalogue.Count.ShouldBe(557);
        catalogue.Sum(entry => entry.Platforms.Count * (1 + entry.Aliases.Count)).ShouldBe(972);
        NamesOn(Platform.Claude).ShouldBe(34);
        NamesOn(Platform.OpenAi).ShouldBe(167);
        NamesOn(Platform.Azure).ShouldBe(314);
        NamesOn(Platform.Gemini).ShouldBe(60);
        NamesOn(Platform.Bedrock).ShouldBe(397);

        int NamesOn(Platform platform) =>
            catalogue.Where(entry => entry.Platforms.Contains(platform)).Sum(entry => 1 + entry.Aliases.Count);
    }

    [Fact]
    public void Two_loads_are_equal()
    {
        var again = PriceCatalog.LoadShipped();

        again.Entries.Count.ShouldBe(Shipped.Catalog.Entries.Count);
        foreach (var (one, other) in Shipped.Catalog.Entries.Zip(again.Entries))
        {
            other.Model.ShouldBe(one.Model);
            other.Platforms.ShouldBe(one.Platforms);
            other.Aliases.ShouldBe(one.Aliases);
            other.Deprecated.ShouldBe(one.Deprecated);
            other.Version.ShouldBe(one.Version);
            other.Prices.ShouldBe(one.Prices);
        }
    }

    [Fact]
    public void Every_name_of_every_entry_finds_its_entry_and_prices_a_request()
    {
        var usage = new TokenUsage
        {
            InputTokens = 300_000,
            InputAudioTokens = 1,
            InputImageTokens = 1,
            CacheReadTokens = 10,
            CacheReadAudioTokens = 1,
            CacheWrite5mTokens = 10,
            CacheWrite1hTokens = 10,
            CacheWriteOtherTokens = 10,
            OutputTokens = 100,
            OutputAudioTokens = 1,
            OutputImageTokens = 1,
            ReasoningTokens = 50,
            WebSearchCalls = 1,
        };

        foreach (var entry in Shipped.Catalog.Entries)
        {
            foreach (var platform in entry.Platforms)
            {
                foreach (var name in entry.Aliases.Prepend(entry.Model))
                {
                    var quote = Shipped.Find(platform, name);

                    (quote.Prices with { PerUnit = entry.Prices.PerUnit }).ShouldBe(entry.Prices, name);
                    quote.Estimated.ShouldBeFalse(name);
                    quote.Unpriced.ShouldBeFalse(name);
                    foreach (var tier in new[] { null, "batch", "priority", "flex" })
                    {
                        var served = usage with { ServiceTier = tier, Geo = "us", Speed = "fast" };
                        CostCalculator.CostNanoUsd(quote, served).ShouldBeGreaterThanOrEqualTo(0, name);
                    }
                }
            }
        }
    }

    [Fact]
    public void What_a_record_keeps_of_a_price_fits_its_column() =>
        Shipped.Catalog.Entries.ShouldAllBe(entry => entry.Version.Length <= 64);

    [Theory]   // input, output, cache read, writes for 5 minutes and 1 hour; 0: none
    [InlineData(Platform.Claude, "claude-fable-5-1", 10, 50, 0.25, 12.5, 20)]
    [InlineData(Platform.Claude, "claude-opus-5-5", 4, 20, 0.2, 5, 8)]
    [InlineData(Platform.ClaudeCcr, "claude-opus-5-5", 4, 20, 0.2, 5, 8)]
    [InlineData(Platform.Claude, "claude-sonnet-5-5", 2, 10, 0.1, 2.5, 4)]
    [InlineData(Platform.Claude, "claude-haiku-5-5", 0.1, 0.5, 0.01, 0.125, 0.2)]
    [InlineData(Platform.Bedrock, "anthropic.claude-opus-5-5", 4, 20, 0.2, 5, 8)]
    [InlineData(Platform.Bedrock, "global.anthropic.claude-opus-5-5", 4, 20, 0.2, 5, 8)]
    [InlineData(Platform.Bedrock, "eu.anthropic.claude-opus-5-5", 4.4, 22, 0.22, 5.5, 8.8)]
    [InlineData(Platform.OpenAi, "gpt-6-astra", 10, 50, 1, 12.5, 0)]
    [InlineData(Platform.OpenAi, "gpt-6-sol", 2, 10, 0.2, 2.5, 0)]
    [InlineData(Platform.OpenAi, "gpt-6-luna", 0.1, 0.5, 0.01, 0.125, 0)]
    [InlineData(Platform.OpenAi, "gpt-6.1-sol", 2, 10, 0.1, 0, 0)]
    [InlineData(Platform.OpenAi, "gpt-6.2-astra", 8, 40, 0, 0, 0)]
    [InlineData(Platform.OpenAi, "gpt-6.2-sol", 2, 10, 0, 0, 0)]
    public void The_supplement_prices_what_was_released_since(
        Platform platform, string model, double input, double output, double cacheRead, double write5m, double write1h)
    {
        var quote = Shipped.Find(platform, model);

        quote.Version.ShouldBe("supplement:2026-11-23");
        quote.Estimated.ShouldBeFalse();
        quote.Prices.Input.ShouldBe((decimal)input);
        quote.Prices.Output.ShouldBe((decimal)output);
        (quote.Prices.CacheRead ?? 0).ShouldBe((decimal)cacheRead);
        (quote.Prices.CacheWrite5m ?? 0).ShouldBe((decimal)write5m);
        (quote.Prices.CacheWrite1h ?? 0).ShouldBe((decimal)write1h);
    }

    [Fact]
    public void The_supplement_takes_no_name_from_the_catalogue()
    {
        Shipped.Catalog.Entries.Count(entry => entry.Version.StartsWith("supplement:", StringComparison.Ordinal)).ShouldBe(12);

        var names =
            from entry in Shipped.Catalog.Entries
            from platform in entry.Platforms
            from name in entry.Aliases.Prepend(entry.Model)
            select (platform, name.ToUpperInvariant());
        names.ShouldBeUnique();
    }

    [Fact]
    public void A_later_file_beats_an_earlier_one_name_by_name()
    {
        var catalog = new PriceCatalog(
            [Entry("one", "first:2026-01-01", 1, "uno"), Entry("two", "first:2026-01-01", 2)],
            [Entry("UNO", "second:2026-02-01", 3)]);

        Input(catalog, "one").ShouldBe(1);
        Input(catalog, "uno").ShouldBe(3);
        Input(catalog, "two").ShouldBe(2);
    }

    [Fact]
    public void A_name_with_two_prices_in_one_file_stops_the_start()
    {
        var failure = Should.Throw<InvalidDataException>(() =>
            new PriceCatalog([Entry("one", "first:2026-01-01", 1, "uno"), Entry("Uno", "first:2026-01-01", 3)]));

        failure.Message.ShouldContain("first:2026-01-01");
        failure.Message.ShouldContain("'Uno'");
        failure.Message.ShouldContain("'one'");
    }

    [Fact]
    public void The_models_of_a_platform_are_names_that_clients_can_ask_for()
    {
        var openai = Shipped.Catalog.ModelsOf(Platform.OpenAi);
        openai.ShouldContain("gpt-5.4");
        openai.ShouldContain("gpt-5.4-2026-03-05");
        openai.ShouldContain("gpt-6-sol");
        openai.ShouldContain("text-embedding-3-small");
        openai.ShouldNotContain("dall-e-3");
        openai.ShouldNotContain("whisper-1");
        openai.ShouldNotContain(name => name.StartsWith("ft:"));

        Shipped.Catalog.ModelsOf(Platform.Bedrock).ShouldContain("us.anthropic.claude-opus-5-5");
        Shipped.Catalog.ModelsOf(Platform.Claude).ShouldNotContain(name => name.Contains('@') || name.Contains("anthropic.") || name.EndsWith(":0"));
        foreach (var platform in Enum.GetValues<Platform>())
        {
            var names = Shipped.Catalog.ModelsOf(platform);
            names.ShouldNotBeEmpty();
            names.ShouldBeUnique();
            names.ShouldNotContain(name => name.Contains('/'));
            names.ShouldAllBe(name => Shipped.Book.Knows(platform, name));
        }

        Shipped.Catalog.ModelsOf(Platform.ClaudeCcr).ShouldBe(Shipped.Catalog.ModelsOf(Platform.Claude));
    }

    [Theory]
    [InlineData("claude-sonnet-4-5")]
    [InlineData("claude-opus-4-6")]
    [InlineData("claude-fable-5-1")]
    public void Anthropics_searches_cost_the_same_with_every_model(string model)
    {
        Shipped.Catalog.TryFind(Platform.Claude, model, out var quote).ShouldBeTrue();

        quote!.Prices.PerUnit!.WebSearch.ShouldBe(0.01m);
    }

    private static decimal? Input(PriceCatalog catalog, string name) =>
        catalog.TryFind(Platform.OpenAi, name, out var quote) ? quote.Prices.Input : null;

    private static CatalogEntry Entry(string model, string version, decimal input, params string[] aliases) =>
        new(model, [Platform.OpenAi], aliases, null, new ModelPrices { Input = input, Mode = "chat" }, version);
}
