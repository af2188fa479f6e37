using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Prices;

public sealed class DeletePriceTests(EmbeddedGateway gateway)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_now_on_the_shipped_price_counts_and_the_history_keeps_the_other()
    {
        await SetAsync("claude/claude-opus-4-6", "2026-01-01T00:00:00Z");
        (await gateway.Admin.PriceAsync("claude", "claude-opus-4-6")).GetProperty("source").GetString().ShouldBe("override");

        using var response = await gateway.Admin.DeleteAsync("/api/admin/prices/claude/claude-opus-4-6", Cancel);

        (await response.DataAsync()).ValueKind.ShouldBe(JsonValueKind.Null);
        (await gateway.Admin.PriceAsync("claude", "claude-opus-4-6")).GetProperty("source").GetString().ShouldBe("catalogue");
        var history = await gateway.Admin.HistoryAsync("claude", "claude-opus-4-6");
        history.Count.ShouldBe(2);
        history[0].GetProperty("prices").ValueKind.ShouldBe(JsonValueKind.Null);
        history[1].GetProperty("prices").GetProperty("input").GetDecimal().ShouldBe(1);
    }

    [Fact]
    public async Task A_model_that_no_file_has_is_then_no_longer_listed()
    {
        await SetAsync("openai/own-1", "2026-01-01T00:00:00Z");

        using var response = await gateway.Admin.DeleteAsync("/api/admin/prices/openai/OWN-1", Cancel);

        await response.DataAsync();
        (await gateway.Admin.PricesAsync("openai", "own-1")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_price_to_come_never_comes()
    {
        await SetAsync("openai/planned-1", "2190-01-01T00:00:00Z");

        using var response = await gateway.Admin.DeleteAsync("/api/admin/prices/openai/planned-1", Cancel);

        await response.DataAsync();
        (await gateway.Admin.HistoryAsync("openai", "planned-1")).ShouldBeEmpty();
    }

    [Fact]
    public async Task After_its_end_a_price_can_be_set_again()
    {
        await SetAsync("openai/again-1", "2026-01-01T00:00:00Z");
        using var response = await gateway.Admin.DeleteAsync("/api/admin/prices/openai/again-1", Cancel);
        await response.DataAsync();

        await gateway.Admin.PutDataAsync("/api/admin/prices/openai/again-1", new { prices = new { input = 7 } });

        (await gateway.Admin.PriceAsync("openai", "again-1")).GetProperty("prices").GetProperty("input").GetDecimal().ShouldBe(7);
        (await gateway.Admin.HistoryAsync("openai", "again-1")).Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("openai/gpt-5.4-nano")]
    [InlineData("openai/nobody-knows-this")]
    [InlineData("vertex/gemini-3")]
    public async Task What_has_no_price_of_its_own_is_not_found(string path)
    {
        using var response = await gateway.Admin.DeleteAsync($"/api/admin/prices/{path}", Cancel);

        await response.ErrorAsync(404);
    }

    [Fact]
    public async Task A_price_ends_once()
    {
        await SetAsync("openai/once-1/x", "2026-01-01T00:00:00Z");
        using var first = await gateway.Admin.DeleteAsync("/api/admin/prices/openai/once-1%2Fx", Cancel);
        await first.DataAsync();

        using var second = await gateway.Admin.DeleteAsync("/api/admin/prices/openai/once-1/x", Cancel);

        await second.ErrorAsync(404);
    }

    private Task<JsonElement> SetAsync(string path, string effectiveFrom) =>
        gateway.Admin.PutDataAsync($"/api/admin/prices/{path}", new { effective_from = effectiveFrom, prices = new { input = 1 } });
}
