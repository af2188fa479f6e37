using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.ApiKeys;

public sealed class ListApiKeysTests(EmbeddedGateway gateway)
{
    [Fact]
    public async Task Keys_come_in_pages_newest_first()
    {
        var owner = (await gateway.Admin.CreateUserAsync()).Id();
        var ids = await CreateAsync(owner, 3);

        var first = await ListAsync($"user_id={owner}&page=1&page_size=2");
        var second = await ListAsync($"user_id={owner}&page=2&page_size=2");

        first.Ids.ShouldBe([ids[2], ids[1]]);
        second.Ids.ShouldBe([ids[0]]);
        first.Data.GetProperty("total").GetInt64().ShouldBe(3);
        first.Data.GetProperty("page").GetInt32().ShouldBe(1);
        first.Data.GetProperty("page_size").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task A_page_has_20_keys_unless_it_is_asked_for_another_number()
    {
        var owner = (await gateway.Admin.CreateUserAsync()).Id();
        await CreateAsync(owner, 21);

        (await ListAsync($"user_id={owner}")).Ids.Count.ShouldBe(20);
        (await ListAsync($"user_id={owner}&page_size=200")).Ids.Count.ShouldBe(21);
    }

    [Theory] // B25
    [InlineData("page_size=201", "page_size")]
    [InlineData("page_size=0", "page_size")]
    [InlineData("page_size=1e9", "page_size")]
    [InlineData("page=0", "page")]
    [InlineData("page=-1", "page")]
    [InlineData("page=99999999999", "page")]
    [InlineData("user_id=me", "user_id")]
    [InlineData("enabled=maybe", "enabled")]
    public async Task A_page_that_cannot_be_is_refused(string query, string field)
    {
        using var response = await gateway.Admin.GetAsync($"/api/admin/api-keys?{query}", TestContext.Current.CancellationToken);

        (await response.ErrorAsync(400)).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_search_finds_parts_of_names_in_any_case_and_takes_wildcards_as_text()
    {
        var owner = (await gateway.Admin.CreateUserAsync()).Id();
        var found = await CreateAsync(owner, "Billing 100% Tokyo");
        await CreateAsync(owner, "Billing 100 Tokyo");

        (await ListAsync($"user_id={owner}&search=100%25%20tok")).Ids.ShouldBe([found]);
        (await ListAsync($"user_id={owner}&search=_")).Ids.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_search_finds_a_key_by_the_end_of_its_secret()
    {
        var owner = (await gateway.Admin.CreateUserAsync()).Id();
        var created = await gateway.Admin.CreateKeyAsync(new { name = "leaked", user_id = owner });
        await CreateAsync(owner, "other");

        var found = await ListAsync($"user_id={owner}&search={created.GetProperty("key").GetString()![^4..]}");

        found.Ids.ShouldBe([created.Id()]);
    }

    [Fact]
    public async Task Keys_are_found_by_a_whole_tag()
    {
        var owner = (await gateway.Admin.CreateUserAsync()).Id();
        var quoted = await gateway.Admin.CreateKeyAsync(new { name = "quoted", user_id = owner, tags = new[] { "团队", "say \"a,\"b" } });
        await gateway.Admin.CreateKeyAsync(new { name = "longer", user_id = owner, tags = new[] { "团队 2" } });

        (await ListAsync($"user_id={owner}&tag=团队")).Ids.ShouldBe([quoted.Id()]);
        (await ListAsync($"user_id={owner}&tag={Uri.EscapeDataString("say \"a,\"b")}")).Ids.ShouldBe([quoted.Id()]);
        (await ListAsync($"user_id={owner}&tag=b")).Ids.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keys_are_found_by_whether_they_are_enabled()
    {
        var owner = (await gateway.Admin.CreateUserAsync()).Id();
        var on = await CreateAsync(owner, "on");
        var off = (await gateway.Admin.CreateKeyAsync(new { name = "off", user_id = owner, enabled = false })).Id();

        (await ListAsync($"user_id={owner}&enabled=true")).Ids.ShouldBe([on]);
        (await ListAsync($"user_id={owner}&enabled=false")).Ids.ShouldBe([off]);
    }

    private async Task<(JsonElement Data, IReadOnlyList<long> Ids)> ListAsync(string query)
    {
        var data = await gateway.Admin.GetDataAsync($"/api/admin/api-keys?{query}");
        return (data, [.. data.GetProperty("items").EnumerateArray().Select(key => key.Id())]);
    }

    private async Task<IReadOnlyList<long>> CreateAsync(long owner, int count)
    {
        var ids = new List<long>();
        for (var number = 0; number < count; number++)
        {
            ids.Add(await CreateAsync(owner, $"key {number}"));
        }

        return ids;
    }

    private async Task<long> CreateAsync(long owner, string name) => (await gateway.Admin.CreateKeyAsync(new { name, user_id = owner })).Id();
}
