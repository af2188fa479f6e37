using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Accounts;

/// <summary>What depends on the database: the same on both.</summary>
public sealed class AccountsOnEachStoreTests(GatewayOfEach gateways) : IClassFixture<GatewayOfEach>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task An_account_lives_its_whole_life(StorageKind storage)
    {
        using var client = await (await gateways.OnAsync(storage)).CreateAdminClientAsync();
        var created = await client.CreateAccountAsync(new { name = "Straße 模型 🚀", group = "One", proxy_url = "http://user:secret@127.0.0.1:3128" });
        using var twin = await client.PostAccountAsync(new { name = "Straße 模型 🚀" });
        var other = await client.CreateAccountAsync(new { name = "straße 模型 🚀" });
        var read = await client.GetDataAsync(created.Of());
        var version = $"\"{read.Text("updated_at")}\"";

        var changes = await Task.WhenAll(Enumerable.Range(1, 5).Select(
            priority => client.SendRawAsync(HttpMethod.Put, created.Of(), $$"""{"priority":{{priority}},"daily_budget_usd":0.000000001}""", version)));
        var recovered = await client.PostDataAsync(created.Of() + "/recover", new { });
        var found = await client.GetDataAsync($"{Accounts.Path}?search=STRA&status=active&group=One");
        using var deleted = await client.DeleteAsync(created.Of(), Cancel);
        var again = await client.CreateAccountAsync(new { name = "Straße 模型 🚀" });

        read.GetRawText().ShouldBe(created.GetRawText());
        await twin.ErrorAsync(409);
        other.Text("name").ShouldBe("straße 模型 🚀");
        changes.Count(response => (int)response.StatusCode == 200).ShouldBe(1);
        recovered.GetProperty("daily_budget_usd").GetDecimal().ShouldBe(0.000000001m);
        found.GetProperty("total").GetInt32().ShouldBe(1);
        await deleted.DataAsync();
        again.GetProperty("id").GetInt64().ShouldBeGreaterThan(other.GetProperty("id").GetInt64());
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Changes_without_a_condition_all_win(StorageKind storage)
    {
        using var client = await (await gateways.OnAsync(storage)).CreateAdminClientAsync();
        var account = await client.CreateAccountAsync();

        var responses = await Task.WhenAll(Enumerable.Range(1, 6).Select(
            weight => client.SendRawAsync(HttpMethod.Put, account.Of(), $$"""{"weight":{{weight}}}""")));

        responses.ShouldAllBe(response => (int)response.StatusCode == 200);
    }
}
