using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Accounts;

public sealed class ListAccountsTests(EmbeddedGateway gateway)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // Other tests make accounts at the same time: every list here is of a group of its own.
    private readonly string _group = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Pages_cut_the_list_without_gaps()
    {
        var ids = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((await gateway.Admin.CreateAccountAsync(new { group = _group })).GetProperty("id").GetInt64());
        }

        var seen = new List<long>();
        for (var page = 1; page <= 3; page++)
        {
            var list = await gateway.Admin.GetDataAsync($"{Accounts.Path}?group={_group}&page={page}&page_size=2");
            list.GetProperty("total").GetInt32().ShouldBe(5);
            list.GetProperty("page").GetInt32().ShouldBe(page);
            list.GetProperty("page_size").GetInt32().ShouldBe(2);
            seen.AddRange(list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetInt64()));
        }

        seen.ShouldBe(ids);
        (await gateway.Admin.GetDataAsync($"{Accounts.Path}?group={_group}&page=9999999")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Without_a_word_the_first_twenty_come()
    {
        var list = await gateway.Admin.GetDataAsync(Accounts.Path);

        list.GetProperty("page").GetInt32().ShouldBe(1);
        list.GetProperty("page_size").GetInt32().ShouldBe(20);
    }

    [Theory]
    [InlineData("platform=claude", "claude")]
    [InlineData("enabled=false", "off")]
    [InlineData("enabled=true", "claude,Ü_100%,login,broken")]
    [InlineData("status=active", "claude,Ü_100%")]
    [InlineData("status=disabled", "off")]
    [InlineData("status=needs_login", "login")]
    [InlineData("status=error", "broken")]
    [InlineData("status=cooling_down", "")]
    [InlineData("status=error&platform=claude", "")]
    [InlineData("status=active&page_size=1&page=2", "Ü_100%")]
    [InlineData("search=LAU", "claude")]
    [InlineData("search=%C3%9C_", "Ü_100%")]
    [InlineData("search=0%25", "Ü_100%")]
    [InlineData("search=%25%25", "")]
    [InlineData("search=_", "Ü_100%")]
    [InlineData("search=%27%20OR%201=1--", "")]
    public async Task Filters_narrow_the_list(string query, string names)
    {
        async Task<object> CreateAsync(string name, string platform = "openai", bool enabled = true) =>
            (await gateway.Admin.CreateAccountAsync(new { name = $"{_group[..8]} {name}", group = _group, platform, enabled })).GetProperty("id");
        await CreateAsync("claude", "claude");
        await CreateAsync("off", enabled: false);
        await CreateAsync("Ü_100%");
        gateway.Server.Sql($"UPDATE accounts SET status_reason = 'needs_login' WHERE id = {await CreateAsync("login")}");
        gateway.Server.Sql($"UPDATE accounts SET status_reason = 'The key was refused.' WHERE id = {await CreateAsync("broken")}");

        var list = await gateway.Admin.GetDataAsync($"{Accounts.Path}?group={_group}&{query}");

        string.Join(',', list.GetProperty("items").EnumerateArray().Select(item => item.Text("name")![9..])).ShouldBe(names);
    }

    [Theory]
    [InlineData("page_size=201", "page_size")]
    [InlineData("page_size=0", "page_size")]
    [InlineData("page_size=1000000000", "page_size")]
    [InlineData("page=0", "page")]
    [InlineData("page=-1", "page")]
    [InlineData("page=2000000000", "page")]
    [InlineData("platform=vertex", "platform")]
    [InlineData("status=fine", "status")]
    public async Task What_cannot_be_asked_is_refused(string query, string field)
    {
        using var response = await gateway.Admin.GetAsync($"{Accounts.Path}?{query}", Cancel);

        (await response.RefusedFieldsAsync()).Keys.ShouldBe([field]);
    }

    [Theory]
    [InlineData("page=1e9")]
    [InlineData("page=99999999999")]
    [InlineData("enabled=maybe")]
    public async Task What_is_no_value_is_refused(string query)
    {
        using var response = await gateway.Admin.GetAsync($"{Accounts.Path}?{query}", Cancel);

        await response.ErrorAsync(400);
    }

    [Fact]
    public async Task A_search_is_bounded()
    {
        using var response = await gateway.Admin.GetAsync($"{Accounts.Path}?search={new string('%', 101 * 3).Replace("%%%", "%25")}", Cancel);

        (await response.RefusedFieldsAsync()).Keys.ShouldBe(["search"]);
    }
}
