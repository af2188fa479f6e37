using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Prices;

public sealed class ListPricesTests(EmbeddedGateway gateway)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_shipped_price_is_listed_with_its_origin_and_what_the_model_can_do()
    {
        var row = await gateway.Admin.PriceAsync("openai", "gpt-5.4-mini");

        row.GetProperty("source").GetString().ShouldBe("catalogue");
        row.GetProperty("version").GetString().ShouldBe("catalogue:2026-08-01");
        row.GetProperty("priced_as").GetString().ShouldBe("gpt-5.4-mini");
        row.GetProperty("overridden").GetBoolean().ShouldBeFalse();
        row.GetProperty("effective_from").ValueKind.ShouldBe(JsonValueKind.Null);
        row.GetProperty("mode").GetString().ShouldBe("chat");
        row.GetProperty("context_window").GetInt64().ShouldBeGreaterThan(0);
        row.GetProperty("max_output_tokens").GetInt64().ShouldBeGreaterThan(0);
        var prices = row.GetProperty("prices");
        prices.GetProperty("input").GetDecimal().ShouldBe(0.75m);
        prices.GetProperty("output").GetDecimal().ShouldBe(4.5m);
        prices.TryGetProperty("mode", out _).ShouldBeFalse();
        prices.EnumerateObject().ShouldAllBe(price => price.Value.ValueKind != JsonValueKind.Null);
    }

    [Fact]
    public async Task An_alias_is_listed_with_the_name_whose_price_it_has()
    {
        var row = await gateway.Admin.PriceAsync("claude", "claude-opus-4-7-20260416");

        row.GetProperty("priced_as").GetString().ShouldBe("claude-opus-4-7");
    }

    [Fact]
    public async Task Pages_cover_all_prices_once_and_in_order()
    {
        var names = new List<string>();
        long total;
        var page = 0;
        do
        {
            var list = await gateway.Admin.GetDataAsync($"/api/admin/prices?platform=gemini&page_size=25&page={++page}");
            total = list.GetProperty("total").GetInt64();
            names.AddRange(list.GetProperty("items").EnumerateArray().Select(row => row.GetProperty("model").GetString()!));
        }
        while (page * 25 < total);

        names.Count.ShouldBe((int)total);
        names.ShouldBe(names.Distinct().Order(StringComparer.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("platform=bedrock", "platform", "bedrock")]
    [InlineData("source=supplement", "source", "supplement")]
    [InlineData("platform=claude_ccr&source=catalogue", "platform", "claude_ccr")]
    public async Task A_filter_leaves_only_what_matches(string query, string field, string value)
    {
        var items = (await gateway.Admin.GetDataAsync($"/api/admin/prices?page_size=200&{query}")).GetProperty("items").EnumerateArray().ToList();

        items.ShouldNotBeEmpty();
        items.ShouldAllBe(row => row.GetProperty(field).GetString() == value);
    }

    [Fact]
    public async Task A_search_finds_any_part_of_a_name_in_any_case()
    {
        var items = (await gateway.Admin.GetDataAsync("/api/admin/prices?search=HAIKU-4&page_size=200")).GetProperty("items").EnumerateArray().ToList();

        items.Select(row => row.GetProperty("platform").GetString()).Distinct().ShouldBe(["claude", "claude_ccr", "azure", "bedrock"]);
        items.ShouldAllBe(row => row.GetProperty("model").GetString()!.Contains("haiku-4"));
    }

    [Theory]
    [InlineData("page=0", "page")]
    [InlineData("page_size=201", "page_size")]
    [InlineData("platform=vertex", "platform")]
    [InlineData("source=litellm", "source")]
    [InlineData("modle=gpt", "modle")]
    public async Task A_filter_that_is_not_possible_is_named(string query, string field)
    {
        using var response = await gateway.Admin.GetAsync($"/api/admin/prices?{query}", Cancel);

        (await response.ErrorAsync(400)).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }
}
