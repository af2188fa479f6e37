using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Users;

public sealed class ListUsersTests(EmbeddedGateway gateway)
{
    private const string Users = "/api/admin/users";

    [Fact]
    public async Task Users_come_in_pages_newest_first()
    {
        var group = People.NewName("group");
        var older = await CreateAsync($"{group[..20]}-Older", "user");
        var newer = await CreateAsync($"{group[..20]}-Newer", "user");

        var list = await gateway.Admin.GetDataAsync($"{Users}?search={group[..20].ToUpperInvariant()}&page_size=1");

        Ids(list).ShouldBe([newer]);
        list.GetProperty("total").GetInt64().ShouldBe(2);
        Ids(await gateway.Admin.GetDataAsync($"{Users}?search={group[..20]}&page_size=1&page=2")).ShouldBe([older]);
    }

    [Fact]
    public async Task Users_are_found_by_address_role_and_whether_they_are_enabled()
    {
        var group = People.NewName("group")[..20];
        var administrator = await CreateAsync($"{group}-a", "admin");
        var person = await CreateAsync($"{group}-b", "user", enabled: false);

        Ids(await gateway.Admin.GetDataAsync($"{Users}?search={group}-A@EXAMPLE")).ShouldBe([administrator]);
        Ids(await gateway.Admin.GetDataAsync($"{Users}?search={group}&role=admin")).ShouldBe([administrator]);
        Ids(await gateway.Admin.GetDataAsync($"{Users}?search={group}&enabled=false")).ShouldBe([person]);
    }

    [Theory]
    [InlineData("page_size=201", "page_size")]
    [InlineData("page=0", "page")]
    [InlineData("role=root", "role")]
    public async Task A_page_that_cannot_be_is_refused(string query, string field)
    {
        using var response = await gateway.Admin.GetAsync($"{Users}?{query}", TestContext.Current.CancellationToken);

        (await response.ErrorAsync(400)).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "")]
    [InlineData("GET", "/1")]
    [InlineData("PUT", "/1")]
    [InlineData("DELETE", "/1")]
    public async Task Users_are_none_of_a_users_business(string method, string path)
    {
        using var person = await gateway.Admin.CreatePersonAsync();

        using var response = await person.Client.SendRawAsync(new HttpMethod(method), Users + path, "{}");

        await response.ErrorAsync(403);
    }

    [Fact]
    public async Task B21_A_user_cannot_promote_themselves()
    {
        using var person = await gateway.Admin.CreatePersonAsync();

        using var response = await person.Client.SendRawAsync(HttpMethod.Put, $"{Users}/{person.Id}", """{"role":"admin"}""");

        await response.ErrorAsync(403);
        (await gateway.Admin.GetDataAsync($"{Users}/{person.Id}")).GetProperty("role").GetString().ShouldBe("user");
    }

    private static IEnumerable<long> Ids(JsonElement list) => list.GetProperty("items").EnumerateArray().Select(user => user.Id());

    private async Task<long> CreateAsync(string username, string role, bool enabled = true) => (await gateway.Admin.PostDataAsync(
        Users, new { username, password = People.Password, role, enabled, email = $"{username}@example.com" })).Id();
}
