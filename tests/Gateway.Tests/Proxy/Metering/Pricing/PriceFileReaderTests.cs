using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Proxy.Metering.Pricing;

namespace Gateway.Tests.Proxy.Metering.Pricing;

public sealed class PriceFileReaderTests
{
    private const string Resources = "Gateway.src.Proxy.Metering.Pricing.Data.";

    [Fact]
    public void An_entry_is_read_whole_and_what_is_unknown_is_skipped()
    {
        var entry = ReadModels("""
            {
            "model": "m", "platforms": ["openai", "azure"], "aliases": ["m-1"], "mode": "chat", "deprecated": "2026-02-19",
            "colour": {"red": [1]},
            "input": 1.25, "output": 10, "reasoningOutput": 12, "cacheRead": 0.125, "cacheWrite5m": 1.5, "cacheWrite1h": 2.5,
            "audioInput": 3, "audioOutput": 4, "audioCacheRead": 5, "imageInput": 6, "imageOutput": 7, "videoOutput": 8,
            "longContext": {"thresholdTokens": 272000, "input": 2.5, "cacheWrite5m": 3},
            "flex": {"input": 0.5, "longContext": {"thresholdTokens": 128000, "output": 9, "cacheWrite1h": 4}},
            "batch": {"input": 0.25}, "priority": {"output": 20},
            "perUnit": {"query": 0.002, "webSearch": 0.01}, "multipliers": {"fast": 6, "us": 1.1, "eu": 1.2},
            "contextWindow": 1050000, "maxOutputTokens": 128000
            }
            """).ShouldHaveSingleItem();

        entry.Model.ShouldBe("m");
        entry.Platforms.ShouldBe([Platform.OpenAi, Platform.Azure]);
        entry.Aliases.ShouldBe(["m-1"]);
        entry.Deprecated.ShouldBe(new DateOnly(2026, 2, 19));
        entry.Version.ShouldBe("test:2026-08-01");
        entry.Prices.ShouldBe(new ModelPrices
        {
            Mode = "chat",
            Input = 1.25m,
            Output = 10,
            ReasoningOutput = 12,
            CacheRead = 0.125m,
            CacheWrite5m = 1.5m,
            CacheWrite1h = 2.5m,
            AudioInput = 3,
            AudioOutput = 4,
            AudioCacheRead = 5,
            ImageInput = 6,
            ImageOutput = 7,
            VideoOutput = 8,
            LongContext = new LongContextRates { ThresholdTokens = 272_000, Input = 2.5m, CacheWrite5m = 3 },
            Flex = new TierRates
            {
                Input = 0.5m,
                LongContext = new LongContextRates { ThresholdTokens = 128_000, Output = 9, CacheWrite1h = 4 },
            },
            Batch = new TierRates { Input = 0.25m },
            Priority = new TierRates { Output = 20 },
            PerUnit = new UnitPrices { Query = 0.002m, WebSearch = 0.01m },
            Multipliers = new PriceMultipliers { Fast = 6, Us = 1.1m, Eu = 1.2m },
            ContextWindow = 1_050_000,
            MaxOutputTokens = 128_000,
        });
    }

    [Theory]
    [InlineData("""{"model": "bad", "platforms": ["openai"], "input": "dear"}""", "'bad'")]
    [InlineData("""{"model": "bad", "platforms": ["openai"], "flex": 3}""", "'bad'")]
    [InlineData("""{"model": "bad", "platforms": ["openai"], "input": -1}""", "'bad': input")]
    [InlineData("""{"model": "bad", "platforms": ["openai"], "input": 1000001}""", "'bad': input")]
    [InlineData("""{"model": "bad", "platforms": ["openai"], "flex": {"longContext": {"input": 1}}}""", "'bad': flex.long_context.thre")]
    [InlineData("""{"model": "bad", "platforms": ["openai"], "multipliers": {"us": 0}}""", "'bad': multipliers.us")]
    [InlineData("""{"model": "bad", "platforms": ["openai"], "deprecated": "soon"}""", "'bad'")]
    [InlineData("""{"model": "bad", "platforms": ["vertex"], "input": 1}""", "'bad': 'vertex'")]
    [InlineData("""{"model": "bad", "platforms": ["claude_ccr"], "input": 1}""", "'bad': 'claude_ccr'")]
    [InlineData("""{"model": "bad", "platforms": [], "input": 1}""", "'bad'")]
    [InlineData("""{"model": "bad", "platforms": ["openai"], "aliases": [""]}""", "'bad'")]
    [InlineData("""{"model": " ", "platforms": ["openai"]}""", "' '")]
    [InlineData("""{"platforms": ["openai"], "input": 1}""", "number 2")]
    [InlineData("""{"model": "bad", "platforms": ["openai"], "input": 1""", "'bad'")]
    [InlineData("""{"model": 7, "platforms": ["openai"], "input": 1}""", "number 2")]
    [InlineData("3", "'models'")]
    public void A_malformed_entry_stops_the_start_with_its_name(string entry, string named)
    {
        var failure = Should.Throw<InvalidDataException>(() => ReadModels($$"""{"model": "good", "platforms": ["openai"]}, {{entry}}"""));

        failure.Message.ShouldContain("'test'");
        failure.Message.ShouldContain(named);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"unit": "EUR", "updated": "2026-08-01", "models": [{"model": "m", "platforms": ["openai"]}]}""")]
    [InlineData("""{"unit": "USD per 1,000,000 tokens", "models": [{"model": "m", "platforms": ["openai"]}]}""")]
    [InlineData("""{"unit": "USD per 1,000,000 tokens", "updated": 3, "models": [{"model": "m", "platforms": ["openai"]}]}""")]
    [InlineData("""{"unit": "USD per 1,000,000 tokens", "updated": "1 August", "models": [{"model": "m", "platforms": ["openai"]}]}""")]
    [InlineData("""{"unit": "USD per 1,000,000 tokens", "updated": "2026-08-01", "models": []}""")]
    [InlineData("""{"unit": "USD per 1,000,000 tokens", "updated": "2026-08-01", "models": {}}""")]
    [InlineData("""{"unit": "USD per 1,000,000 tokens", "updated": "2026-08-01", "models": [{"model": "m", "platforms": ["azure"]}]} {}""")]
    [InlineData("""{"unit": "USD per 1,000,000 tokens", "updated": "2026-08-01", "models": [{"model": "m", "platforms": ["openai"]}]""")]
    public void A_malformed_file_stops_the_start(string file) =>
        Should.Throw<InvalidDataException>(() => Read(file)).Message.ShouldContain("'test'");

    [Theory]
    [InlineData("catalogue", "model-prices.json")]
    [InlineData("supplement", "model-prices-supplement.json")]
    public void Every_shipped_number_is_read_to_its_last_digit(string source, string file)
    {
        using var stream = typeof(PriceCatalog).Assembly.GetManifestResourceStream(Resources + file).ShouldNotBeNull();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        using var document = JsonDocument.Parse(copy.ToArray());
        var entries = PriceFileReader.Read(source, copy.ToArray());
        var compared = 0;

        foreach (var (written, read) in document.RootElement.GetProperty("models").EnumerateArray().Zip(entries))
        {
            using var back = JsonSerializer.SerializeToDocument(read.Prices, PriceFileJson.Prices);
            CompareNumbers(written, back.RootElement, read.Model);
        }

        compared.ShouldBeGreaterThan(40);

        // The written side is parsed from its text: a number that had passed through binary floating point would differ in its last digits.
        void CompareNumbers(JsonElement written, JsonElement read, string model)
        {
            foreach (var member in written.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.Number)
                {
                    var expected = decimal.Parse(member.Value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture);
                    read.GetProperty(member.Name).GetDecimal().ShouldBe(expected, $"{model} {member.Name}");
                    compared++;
                }
                else if (member.Value.ValueKind == JsonValueKind.Object)
                {
                    CompareNumbers(member.Value, read.GetProperty(member.Name), model);
                }
            }
        }
    }

    private static IReadOnlyList<CatalogEntry> ReadModels(string models) => Read(
        $$"""{"unit": "USD per 1,000,000 tokens", "comment": null, "updated": "2026-08-01", "models": [{{models}}]}""");

    private static IReadOnlyList<CatalogEntry> Read(string file) => PriceFileReader.Read("test", Encoding.UTF8.GetBytes(file));
}
