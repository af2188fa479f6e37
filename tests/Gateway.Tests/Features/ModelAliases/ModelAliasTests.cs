using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.ModelAliases;

public sealed class ModelAliasTests(GatewayOfEach gateways) : IClassFixture<GatewayOfEach>
{
    private const string Path = "/api/admin/model-aliases";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task An_alias_is_set_replaced_listed_and_removed(StorageKind storage)
    {
        var server = await gateways.OnAsync(storage);
        using var admin = await server.CreateAdminClientAsync();
        await admin.PutDataAsync($"{Path}/fast", new { models = new[] { "gpt-5-mini" } });
        await admin.PutDataAsync($"{Path}/Fast", new { models = new[] { "another" } });

        var replaced = await admin.PutDataAsync($"{Path}/fast", new { models = new[] { "claude-haiku-4-5", "gpt-5-mini" } });

        Models(replaced).ShouldBe(["claude-haiku-4-5", "gpt-5-mini"], "in this order");
        Models(await FindAsync(admin, "fast")).ShouldBe(["claude-haiku-4-5", "gpt-5-mini"]);
        Models(await FindAsync(admin, "Fast")).ShouldBe(["another"], "case tells aliases apart");
        using var removed = await admin.DeleteAsync($"{Path}/fast", Cancel);
        (await removed.DataAsync()).ValueKind.ShouldBe(JsonValueKind.Null);
        using var again = await admin.DeleteAsync($"{Path}/fast", Cancel);
        await again.ErrorAsync(404);
        (await admin.GetDataAsync(Path)).GetProperty("items").EnumerateArray().ShouldNotContain(item => item.GetProperty("alias").GetString() == "fast");
    }

    [Theory]
    [InlineData("team/fast", "team/fast")]
    [InlineData("team%2Ffaster", "team/faster")]
    [InlineData("%E5%BF%AB", "快")]
    public async Task An_alias_may_have_slashes_and_any_script(string path, string alias)
    {
        var server = await gateways.OnAsync(StorageKind.Embedded);
        using var admin = await server.CreateAdminClientAsync();

        var set = await admin.PutDataAsync($"{Path}/{path}", new { models = new[] { "openai/gpt-5" } });

        set.GetProperty("alias").GetString().ShouldBe(alias);
        using var removed = await admin.DeleteAsync($"{Path}/{path}", Cancel);
        await removed.DataAsync();
    }

    [Fact]
    public async Task An_alias_is_offered_to_clients_at_once()
    {
        var server = await gateways.OnAsync(StorageKind.Embedded);
        using var admin = await server.CreateAdminClientAsync();

        await admin.PutDataAsync($"{Path}/offered", new { models = new[] { "gpt-5" } });

        var area = (await admin.GetDataAsync("/api/admin/cache")).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("area").GetString() == "model_aliases");
        area.GetProperty("age_seconds").GetDouble().ShouldBeLessThan(1);
        area.GetProperty("entries").GetInt32().ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("""{"models":[]}""")]
    [InlineData("""{"models":null}""")]
    [InlineData("{}")]
    [InlineData("""{"models":[""]}""")]
    [InlineData("""{"models":[null]}""")]
    [InlineData("""{"models":["a\u0007b"]}""")]
    [InlineData("""{"models":["twice","twice"]}""")]
    [InlineData("""{"models":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17","18","19","20","21"]}""")]
    public async Task Lists_that_no_request_could_use_are_refused(string body)
    {
        var server = await gateways.OnAsync(StorageKind.Embedded);
        using var admin = await server.CreateAdminClientAsync();

        using var response = await admin.SendRawAsync(HttpMethod.Put, $"{Path}/refused", body);

        (await response.ErrorAsync(400)).GetProperty("errors").GetProperty("models").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task B49_An_alias_cannot_stand_for_itself()
    {
        var server = await gateways.OnAsync(StorageKind.Embedded);
        using var admin = await server.CreateAdminClientAsync();

        using var response = await admin.PutAsJsonAsync($"{Path}/self", new { models = new[] { "gpt-5", "self" } }, Cancel);

        (await response.ErrorAsync(400)).GetProperty("errors").TryGetProperty("models", out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("%0A")]
    [InlineData("a%7Fb")]
    [InlineData("%20spaced")]
    public async Task Names_that_would_break_a_line_are_refused(string alias)
    {
        var server = await gateways.OnAsync(StorageKind.Embedded);
        using var admin = await server.CreateAdminClientAsync();

        using var response = await admin.PutAsJsonAsync($"{Path}/{alias}", new { models = new[] { "gpt-5" } }, Cancel);

        await response.ErrorAsync(400);
    }

    [Fact]
    public async Task A_name_has_at_most_200_characters()
    {
        var server = await gateways.OnAsync(StorageKind.Embedded);
        using var admin = await server.CreateAdminClientAsync();

        await admin.PutDataAsync($"{Path}/{new string('x', 200)}", new { models = new[] { "gpt-5" } });
        using var longer = await admin.PutAsJsonAsync($"{Path}/{new string('x', 201)}", new { models = new[] { "gpt-5" } }, Cancel);

        (await longer.ErrorAsync(400)).GetProperty("errors").TryGetProperty("alias", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Only_administrators_change_aliases()
    {
        var server = await gateways.OnAsync(StorageKind.Embedded);
        using var admin = await server.CreateAdminClientAsync();
        using var person = await admin.CreatePersonAsync();

        using var put = await person.Client.PutAsJsonAsync($"{Path}/mine", new { models = new[] { "gpt-5" } }, Cancel);
        using var delete = await person.Client.DeleteAsync($"{Path}/mine", Cancel);

        await put.ErrorAsync(403);
        await delete.ErrorAsync(403);
    }

    private static async Task<JsonElement> FindAsync(HttpClient admin, string alias) =>
        (await admin.GetDataAsync($"{Path}?page_size=200")).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("alias").GetString() == alias);

    private static List<string?> Models(JsonElement alias) => [.. alias.GetProperty("models").EnumerateArray().Select(model => model.GetString())];
}
