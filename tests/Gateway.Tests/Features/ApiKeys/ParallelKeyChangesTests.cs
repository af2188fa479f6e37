using Gateway.Tests.Support;

namespace Gateway.Tests.Features.ApiKeys;

/// <summary>Calls at the same time, on both databases: what each of them decides must still hold when all are through.</summary>
public sealed class ParallelKeyChangesTests(GatewayOfEach gateways) : IClassFixture<GatewayOfEach>
{
    private const string Keys = "/api/admin/api-keys";
    private const int Calls = 8;

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_user_gets_no_more_keys_than_allowed(StorageKind storage)
    {
        var server = await gateways.OnAsync(storage);
        using var admin = await server.CreateAdminClientAsync();
        using var user = await admin.CreatePersonAsync(new { max_keys = 3 });

        var statuses = await AllAsync(number => user.Client.SendRawAsync(HttpMethod.Post, Keys, $$"""{"name":"key {{number}}"}"""));

        statuses.Order().ToArray().ShouldBe([200, 200, 200, 403, 403, 403, 403, 403], customMessage: server.Output);
        (await user.Client.GetDataAsync(Keys)).GetProperty("total").GetInt64().ShouldBe(3);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_name_is_given_once(StorageKind storage)
    {
        var server = await gateways.OnAsync(storage);
        using var admin = await server.CreateAdminClientAsync();
        var name = People.NewName("key");
        var key = await admin.CreateKeyAsync();

        var statuses = await AllAsync(number => number % 2 == 0
            ? admin.SendRawAsync(HttpMethod.Post, Keys, $$"""{"name":"{{name}}"}""")
            : admin.SendRawAsync(HttpMethod.Put, $"{Keys}/{key.Id()}", $$"""{"name":"{{name}}"}"""));

        statuses.ShouldAllBe(status => status == 200 || status == 409);
        (await admin.GetDataAsync($"{Keys}?search={name}")).GetProperty("total").GetInt64().ShouldBe(1);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Of_changes_to_the_same_version_one_is_made(StorageKind storage)
    {
        var server = await gateways.OnAsync(storage);
        using var admin = await server.CreateAdminClientAsync();
        var key = await admin.CreateKeyAsync();
        var read = $"\"{key.GetProperty("updated_at").GetString()}\"";

        var statuses = await AllAsync(number => admin.SendRawAsync(HttpMethod.Put, $"{Keys}/{key.Id()}", $$"""{"quota_usd":{{number}}}""", read));

        statuses.Count(status => status == 200).ShouldBe(1);
        statuses.Count(status => status == 409).ShouldBe(Calls - 1);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task What_was_written_reads_the_same_on_both_databases(StorageKind storage)
    {
        var server = await gateways.OnAsync(storage);
        using var admin = await server.CreateAdminClientAsync();

        var key = await admin.CreateKeyAsync(new
        {
            name = $"键 {People.NewName()}",
            tags = new[] { "a,\"b", "团队" },
            rate_multiplier = 1.5,
            quota_usd = 0.000000001m,
            expires_at = "2999-01-01T00:00:00.1234567Z",
        });

        var shown = await admin.GetDataAsync($"{Keys}/{key.Id()}");
        shown.EnumerateObject().ShouldAllBe(member => member.Value.ToString() == key.GetProperty(member.Name).ToString());
        var found = await admin.GetDataAsync($"{Keys}?tag={Uri.EscapeDataString("a,\"b")}&search={Uri.EscapeDataString("键")}");
        found.GetProperty("items").EnumerateArray().Select(item => item.Id()).ShouldContain(key.Id());
    }

    private static async Task<IReadOnlyList<int>> AllAsync(Func<int, Task<HttpResponseMessage>> call)
    {
        var responses = await Task.WhenAll(Enumerable.Range(0, Calls).Select(call));
        var statuses = responses.Select(response => (int)response.StatusCode).ToList();
        foreach (var response in responses)
        {
            response.Dispose();
        }

        return statuses;
    }
}
