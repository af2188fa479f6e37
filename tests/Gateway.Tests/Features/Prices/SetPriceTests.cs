using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Prices;

public sealed class SetPriceTests(EmbeddedGateway gateway)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_price_counts_from_now_on_when_no_time_is_given()
    {
        var before = DateTime.UtcNow;

        var entry = await gateway.Admin.PutDataAsync(
            "/api/admin/prices/openai/gpt-5.5-pro", new { prices = new { input = 1.25, output = 10, cache_read = 0.125, cache_write_5m = 1.5, cache_write_1h = 2.5 } });

        entry.GetProperty("effective_from").GetDateTime().ShouldBeInRange(before.AddSeconds(-1), DateTime.UtcNow.AddSeconds(1));
        var row = await gateway.Admin.PriceAsync("openai", "gpt-5.5-pro");
        row.GetProperty("source").GetString().ShouldBe("override");
        row.GetProperty("version").GetString().ShouldBe(entry.GetProperty("version").GetString());
        row.GetProperty("effective_from").GetString().ShouldBe(entry.GetProperty("effective_from").GetString());
        row.GetProperty("overridden").GetBoolean().ShouldBeTrue();
        row.GetProperty("prices").GetRawText().ShouldBe("""{"input":1.25,"output":10,"cache_read":0.125,"cache_write_5m":1.5,"cache_write_1h":2.5}""");
        row.GetProperty("context_window").GetInt64().ShouldBeGreaterThan(0);   // as shipped
    }

    [Fact]
    public async Task A_price_to_come_leaves_the_present_one()
    {
        await gateway.Admin.PutDataAsync(
            "/api/admin/prices/openai/gpt-5.5", new { effective_from = "2199-12-31T23:59:59.999999Z", prices = new { input = 1 } });

        (await gateway.Admin.PriceAsync("openai", "gpt-5.5")).GetProperty("source").GetString().ShouldBe("catalogue");
        var entry = (await gateway.Admin.HistoryAsync("openai", "gpt-5.5")).ShouldHaveSingleItem();
        entry.GetProperty("effective_from").GetString().ShouldBe("2199-12-31T23:59:59.999999Z");
    }

    [Fact]
    public async Task A_model_that_only_has_a_price_to_come_costs_until_then_what_unknown_models_do()
    {
        await gateway.Admin.PutDataAsync("/api/admin/prices/openai/soon-1", new { effective_from = "2190-01-01T00:00:00Z", prices = new { input = 1 } });

        var row = await gateway.Admin.PriceAsync("openai", "soon-1");

        row.GetProperty("source").GetString().ShouldBe("policy");
        row.GetProperty("prices").GetProperty("input").GetDecimal().ShouldBe(15);
    }

    [Fact]
    public async Task A_price_may_begin_in_the_past_and_counts_until_a_later_ones_moment()
    {
        await gateway.Admin.PutDataAsync("/api/admin/prices/openai/past-1", new { effective_from = "2026-03-01T01:00:00+01:00", prices = new { input = 3 } });
        await gateway.Admin.PutDataAsync("/api/admin/prices/openai/past-1", new { effective_from = "2026-01-01T00:00:00Z", prices = new { input = 1 } });

        (await gateway.Admin.PriceAsync("openai", "past-1")).GetProperty("effective_from").GetString().ShouldBe("2026-03-01T00:00:00Z");
    }

    [Fact]
    public async Task A_second_price_from_the_same_moment_is_a_conflict()
    {
        await gateway.Admin.PutDataAsync("/api/admin/prices/openai/twin-1", new { effective_from = "2026-01-01T00:00:00.0000005Z", prices = new { input = 1 } });

        using var response = await gateway.Admin.PutAsJsonAsync(
            "/api/admin/prices/openai/TWIN-1", new { effective_from = "2026-01-01T00:00:00Z", prices = new { input = 2 } }, Cancel);

        (await response.ErrorAsync(409)).GetProperty("message").GetString()!.ShouldContain("2026-01-01T00:00:00.0000000Z");
        (await gateway.Admin.HistoryAsync("openai", "twin-1")).ShouldHaveSingleItem().GetProperty("prices").GetProperty("input").GetDecimal().ShouldBe(1);
    }

    [Fact]
    public async Task Everything_that_can_be_priced_comes_back_as_it_was_sent()
    {
        const string Prices = """
            {"long_context":{"threshold_tokens":200000,"input":2},"batch":{"input":0.5},"priority":{"output":9},
            "flex":{"input":0.4,"long_context":{"threshold_tokens":1,"cache_write_1h":4}},
            "per_unit":{"image_input":0.1,"web_search":0.01},"multipliers":{"fast":6,"us":1.1},
            "input":0.0000000001,"output":1000000,"reasoning_output":12,"audio_input":3}
            """;

        using var response = await gateway.Admin.SendRawAsync(
            HttpMethod.Put, "/api/admin/prices/openai/all-1", $$"""{"prices":{{Prices}},"context_window":200000,"max_output_tokens":8192}""");

        var entry = await response.DataAsync();
        JsonElement.DeepEquals(entry.GetProperty("prices"), JsonElement.Parse(Prices)).ShouldBeTrue(entry.GetRawText());
        var row = await gateway.Admin.PriceAsync("openai", "all-1");
        JsonElement.DeepEquals(row.GetProperty("prices"), JsonElement.Parse(Prices)).ShouldBeTrue(row.GetRawText());
        row.GetProperty("context_window").GetInt64().ShouldBe(200_000);
        row.GetProperty("max_output_tokens").GetInt64().ShouldBe(8192);
    }

    [Theory]
    [InlineData("openai/org-1/model-1", "openai/org-1%2Fmodel-1", "org-1/model-1")]
    [InlineData("openai/org-2%2fmodel-2", "openai/org-2/model-2", "org-2/model-2")]
    [InlineData("bedrock/eu-west-1/amazon.nova-x-v1:0", "bedrock/eu-west-1%2Famazon.nova-x-v1%3A0", "eu-west-1/amazon.nova-x-v1:0")]
    public async Task A_name_with_a_slash_is_the_same_raw_and_encoded(string path, string otherPath, string model)
    {
        await gateway.Admin.PutDataAsync($"/api/admin/prices/{path}", new { effective_from = "2026-01-01T00:00:00Z", prices = new { input = 1 } });
        await gateway.Admin.PutDataAsync($"/api/admin/prices/{otherPath}", new { effective_from = "2026-02-01T00:00:00Z", prices = new { input = 2 } });

        var row = await gateway.Admin.PriceAsync(path[..path.IndexOf('/')], model);

        row.GetProperty("prices").GetProperty("input").GetDecimal().ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"prices":{"input":-0.01}}""", "prices.input")]
    [InlineData("""{"prices":{"input":1,"output":1000000.1}}""", "prices.output")]
    [InlineData("""{"prices":{"input":1,"cache_write_5m":-1}}""", "prices.cache_write_5m")]
    [InlineData("""{"prices":{"input":1,"flex":{"long_context":{"threshold_tokens":1,"cache_write_1h":-1}}}}""", "prices.flex.long_context.cache_write_1h")]
    [InlineData("""{"prices":{"input":1,"long_context":{"input":2}}}""", "prices.long_context.threshold_tokens")]
    [InlineData("""{"prices":{"input":1,"per_unit":{"web_search":-1}}}""", "prices.per_unit.web_search")]
    [InlineData("""{"prices":{"input":1,"multipliers":{"fast":0}}}""", "prices.multipliers.fast")]
    [InlineData("""{"prices":{"input":1e400}}""", "prices.input")]
    [InlineData("""{"prices":{"input":1e28}}""", "prices.input")]
    [InlineData("""{"prices":{"input":99999999999999999999999999999999}}""", "prices.input")]
    [InlineData("""{"prices":{"input":"NaN"}}""", "prices.input")]
    [InlineData("""{"prices":{"input":"1"}}""", "prices.input")]
    [InlineData("""{"prices":{"output":1}}""", "prices.input")]
    [InlineData("""{"prices":{}}""", "prices.input")]
    [InlineData("""{"prices":{"per_unit":{}}}""", "prices.input")]
    [InlineData("""{"prices":null}""", "prices")]
    [InlineData("{}", "prices")]
    [InlineData("""{"prices":{"input":1},"context_window":0}""", "context_window")]
    [InlineData("""{"prices":{"input":1},"max_output_tokens":9223372036854775808}""", "max_output_tokens")]
    [InlineData("""{"prices":{"input":1},"effective_from":"1999-12-31T23:59:59Z"}""", "effective_from")]
    [InlineData("""{"prices":{"input":1},"effective_from":"2200-01-01T00:00:00Z"}""", "effective_from")]
    [InlineData("""{"prices":{"input":1},"effective_from":"2026-01-01T00:00:00"}""", "effective_from")]
    [InlineData("""{"prices":{"input":1},"effective_to":"2027-01-01T00:00:00Z"}""", "effective_to")]
    [InlineData("""{"prices":{"input":1},"model":"other"}""", "model")]
    [InlineData("""{"prices":{"input":1,"inputs":2}}""", "prices.inputs")]
    [InlineData("""{"prices":{"input":1,"mode":"chat"}}""", "prices.mode")]
    public async Task B26_B27_B28_B29_A_body_that_cannot_be_right_is_refused_by_field(string body, string field)
    {
        using var response = await gateway.Admin.SendRawAsync(HttpMethod.Put, "/api/admin/prices/openai/refused-1", body);

        await response.ShouldBlameAsync(field);
        (await gateway.Admin.HistoryAsync("openai", "refused-1")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_number_that_JSON_does_not_know_is_refused()
    {
        using var response = await gateway.Admin.SendRawAsync(HttpMethod.Put, "/api/admin/prices/openai/refused-1", """{"prices":{"input":NaN}}""");

        await response.ErrorAsync(400);
    }

    [Theory]
    [InlineData("a%0Ab")]
    [InlineData("a%7Fb")]
    [InlineData("%20")]
    [InlineData("a%20")]
    public async Task A_name_that_no_model_has_is_refused(string model)
    {
        using var response = await gateway.Admin.PutAsJsonAsync($"/api/admin/prices/openai/{model}", new { prices = new { input = 1 } }, Cancel);

        await response.ShouldBlameAsync("model");
    }

    [Fact]
    public async Task A_name_has_at_most_200_characters()
    {
        var name = new string('x', 200);
        await gateway.Admin.PutDataAsync($"/api/admin/prices/openai/{name}", new { prices = new { input = 1 } });

        using var response = await gateway.Admin.PutAsJsonAsync($"/api/admin/prices/openai/{name}x", new { prices = new { input = 1 } }, Cancel);

        await response.ShouldBlameAsync("model");
    }

    [Fact]
    public async Task A_platform_that_nobody_knows_is_not_found()
    {
        using var response = await gateway.Admin.PutAsJsonAsync("/api/admin/prices/vertex/gemini-3", new { prices = new { input = 1 } }, Cancel);

        (await response.ErrorAsync(404)).GetProperty("message").GetString()!.ShouldContain("gemini");
    }
}
