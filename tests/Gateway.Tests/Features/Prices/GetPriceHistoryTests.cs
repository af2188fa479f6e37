using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Prices;

public sealed class GetPriceHistoryTests(EmbeddedGateway gateway)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_newest_moment_comes_first_and_pages_go_back_in_time()
    {
        foreach (var year in new[] { 2021, 2190, 2020 })
        {
            await SetAsync("openai/history-1", year);
        }

        var first = await gateway.Admin.GetDataAsync("/api/admin/prices/openai/HISTORY-1/history?page_size=2");
        var second = await gateway.Admin.GetDataAsync("/api/admin/prices/openai/history-1/history?page_size=2&page=2");

        first.GetProperty("total").GetInt64().ShouldBe(3);
        first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray())
            .Select(entry => entry.GetProperty("effective_from").GetDateTime().Year)
            .ShouldBe([2190, 2021, 2020]);
    }

    [Theory]
    [InlineData("org/a-1", "org/a-1/history")]
    [InlineData("org/a-2", "org%2Fa-2/history")]
    [InlineData("history", "history/history")]
    [InlineData("org/history", "org/history/history")]
    [InlineData("org%2Fb/history", "org%2Fb/history/history")]
    public async Task A_names_slashes_and_the_word_history_in_it_do_not_confuse_the_path(string model, string path)
    {
        await SetAsync($"openai/{model}", 2021);

        var history = await gateway.Admin.GetDataAsync($"/api/admin/prices/openai/{path}");

        history.GetProperty("items")[0].GetProperty("model").GetString().ShouldBe(model.Replace("%2F", "/"));
    }

    [Theory]
    [InlineData("openai/gpt-5.4")]
    [InlineData("openai/org/model")]
    [InlineData("openai/org%2Fhistory")]
    [InlineData("openai/history")]
    public async Task Only_the_last_part_of_a_path_can_ask_for_the_history(string path)
    {
        using var response = await gateway.Admin.GetAsync($"/api/admin/prices/{path}", Cancel);

        await response.ErrorAsync(404);
    }

    [Fact]
    public async Task A_model_whose_price_nobody_ever_set_has_an_empty_history() =>
        (await gateway.Admin.HistoryAsync("openai", "gpt-5.4-nano")).ShouldBeEmpty();

    [Fact]
    public async Task A_platform_that_nobody_knows_is_not_found()
    {
        using var response = await gateway.Admin.GetAsync("/api/admin/prices/vertex/gemini-3/history", Cancel);

        await response.ErrorAsync(404);
    }

    private async Task SetAsync(string path, int year) => await gateway.Admin.PutDataAsync(
        $"/api/admin/prices/{path}", new { effective_from = $"{year}-01-01T00:00:00Z", prices = new { input = 1 } });
}
