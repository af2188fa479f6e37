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

        seen.ShouldBe(Enumerable.Reverse(ids));
        (await gateway.Admin.GetDataAsync($"{Accounts.Path}?group={_group}&page=9999999")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Without_a_word_the_first_twenty_come()
    {
        var list = await gateway.Admin.GetDataAsync(Accounts.Path);

        list.GetProperty("page").GetInt32().ShouldBe(1);
        list.GetProperty("page_size").GetInt32().ShouldBe(20);
    }

    [Fact]
    public async Task Filters_narrow_the_list()
    {
        async Task<object> CreateAsync(string name, string platform = "openai", bool enabled = true) =>
            (await gateway.Admin.CreateAccountAsync(new { name = $"{_group[..8]} {name}", group = _group, platform, enabled })).GetProperty("id");
        async Task<string> NamesAsync(string query) => string.Join(',', (await gateway.Admin.GetDataAsync($"{Accounts.Path}?group={_group}&{query}"))
            .GetProperty("items").EnumerateArray().Select(item => item.Text("name")![9..]));
        gateway.Server.Sql($"UPDATE accounts SET status_reason = 'The key was refused.' WHERE id = {await CreateAsync("broken")}");
        gateway.Server.Sql($"UPDATE accounts SET status_reason = 'needs_login' WHERE id = {await CreateAsync("login")}");
        await CreateAsync("Ü_100%");
        await CreateAsync("off", enabled: false);
        await CreateAsync("claude", "claude");

        (await NamesAsync("platform=claude")).ShouldBe("claude");
        (await NamesAsync("enabled=false")).ShouldBe("off");
        (await NamesAsync("enabled=true")).ShouldBe("claude,Ü_100%,login,broken");
        (await NamesAsync("status=active")).ShouldBe("claude,Ü_100%");
        (await NamesAsync("status=active&page_size=1&page=2")).ShouldBe("Ü_100%");
        (await NamesAsync("status=disabled")).ShouldBe("off");
        (await NamesAsync("status=needs_login")).ShouldBe("login");
        (await NamesAsync("status=error")).ShouldBe("broken");
        (await NamesAsync("status=error&platform=claude")).ShouldBe("");
        (await NamesAsync("status=cooling_down")).ShouldBe("");
        (await NamesAsync("status=rate_limited")).ShouldBe("");
        (await NamesAsync("platform=&status=&search=")).ShouldBe("claude,off,Ü_100%,login,broken");
    }

    [Fact]
    public async Task A_search_takes_wildcards_as_text()
    {
        // B33
        foreach (var name in (string[])["Ü_100%", "claude"])
        {
            await gateway.Admin.CreateAccountAsync(new { name = $"{_group[..8]} {name}", group = _group });
        }

        async Task<int> CountAsync(string search) =>
            (await gateway.Admin.GetDataAsync($"{Accounts.Path}?group={_group}&search={Uri.EscapeDataString(search)}")).GetProperty("total").GetInt32();
        (await CountAsync("LAU")).ShouldBe(1);
        (await CountAsync("Ü_")).ShouldBe(1);
        (await CountAsync("_")).ShouldBe(1);
        (await CountAsync("0%")).ShouldBe(1);
        (await CountAsync("%%%%")).ShouldBe(0);
        (await CountAsync("' OR 1=1--")).ShouldBe(0);
        (await CountAsync(_group[..8].ToUpperInvariant())).ShouldBe(2);
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
    [InlineData("page=1e9", "page")]
    [InlineData("page=99999999999", "page")]
    [InlineData("enabled=maybe", "enabled")]
    public async Task What_cannot_be_asked_is_refused(string query, string field)
    {
        using var response = await gateway.Admin.GetAsync($"{Accounts.Path}?{query}", Cancel);

        (await response.RefusedFieldsAsync()).Keys.ShouldBe([field]);
    }

    [Fact]
    public async Task A_search_is_bounded()
    {
        using var response = await gateway.Admin.GetAsync($"{Accounts.Path}?search={new string('%', 101 * 3).Replace("%%%", "%25")}", Cancel);

        (await response.RefusedFieldsAsync()).Keys.ShouldBe(["search"]);
    }
}
