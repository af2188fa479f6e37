using System.Text.Json;
using Gateway.Proxy.Metering.Pricing;

namespace Gateway.Tests.Proxy.Metering.Pricing;

public sealed class ModelPricesJsonTests
{
    private const string Json = """
        {
          "input": 1.25, "output": 10, "reasoning_output": 12, "cache_read": 0.125, "cache_write_5m": 1.5, "cache_write_1h": 2.5,
          "audio_input": 3, "audio_output": 4, "audio_cache_read": 5, "image_input": 6, "image_output": 7, "video_output": 8,
          "long_context": { "threshold_tokens": 272000, "input": 2.5, "cache_write_5m": 3 },
          "batch": { "input": 0.6 }, "priority": { "output": 20 },
          "flex": { "input": 0.5, "long_context": { "threshold_tokens": 128000, "cache_write_1h": 4 } },
          "per_unit": {
            "image_input": 0.1, "image_output": 0.2, "character_input": 0.3, "character_output": 0.4,
            "second_input": 0.5, "second_output": 0.6, "audio_second_input": 0.7, "video_second_input": 0.8, "video_second_output": 0.9,
            "query": 1.0, "web_search": 1.1
          },
          "multipliers": { "fast": 6, "us": 1.1, "eu": 1.2 },
          "context_window": 1050000, "max_output_tokens": 128000, "mode": "chat"
        }
        """;

    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    [Fact]
    public void Prices_go_to_the_management_APIs_JSON_and_back()
    {
        var prices = JsonSerializer.Deserialize(Json, PriceJson.Default.ModelPrices).ShouldNotBeNull();

        var written = JsonSerializer.Serialize(prices, PriceJson.Default.ModelPrices);

        JsonElement.DeepEquals(JsonElement.Parse(written), JsonElement.Parse(Json)).ShouldBeTrue(written);
        JsonSerializer.Deserialize(written, PriceJson.Default.ModelPrices).ShouldBe(prices);
        prices.CacheWrite5m.ShouldBe(1.5m);
        prices.Flex!.LongContext!.ThresholdTokens.ShouldBe(128_000);
        prices.PerUnit!.WebSearch.ShouldBe(1.1m);
    }

    [Fact]
    public void They_have_the_same_names_in_a_serializer_that_only_knows_snake_case() =>
        JsonSerializer.Deserialize<ModelPrices>(Json, SnakeCase)
            .ShouldBe(JsonSerializer.Deserialize(Json, PriceJson.Default.ModelPrices));

    [Fact]
    public void What_is_absent_is_not_written() =>
        JsonSerializer.Serialize(new ModelPrices { Input = 0, Output = 2.50m }, PriceJson.Default.ModelPrices)
            .ShouldBe("""{"input":0,"output":2.50}""");

    [Fact]
    public void Every_shipped_price_survives_the_way_there_and_back()
    {
        Shipped.Catalog.Entries.ShouldNotBeEmpty();
        foreach (var entry in Shipped.Catalog.Entries)
        {
            var json = JsonSerializer.Serialize(entry.Prices, PriceJson.Default.ModelPrices);

            JsonSerializer.Deserialize(json, PriceJson.Default.ModelPrices).ShouldBe(entry.Prices, entry.Model);
        }
    }

    [Fact]
    public void A_kind_of_token_is_called_on_a_bill_what_it_is_called_in_JSON()
    {
        var rates = JsonElement.Parse(Json);

        RateKinds.All.Count.ShouldBe(12);
        foreach (var kind in RateKinds.All)
        {
            var prices = JsonSerializer.Deserialize(Json, PriceJson.Default.ModelPrices)!;

            rates.GetProperty(kind.Name()).GetDecimal().ShouldBe(prices.Of(kind) ?? -1, kind.Name());
        }
    }
}
