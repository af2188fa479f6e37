using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Prices;

public sealed class PricesOnEachStoreTests(GatewayOfEach gateways) : IClassFixture<GatewayOfEach>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_price_and_its_end_are_stored_to_the_microsecond(StorageKind storage)
    {
        using var admin = await (await gateways.OnAsync(storage)).CreateAdminClientAsync();
        var set = await admin.PutDataAsync(
            "/api/admin/prices/openai/org/Modèle-1", new { effective_from = "2026-01-01T00:00:00.123456Z", prices = new { input = 0.0000000001m, cache_write_5m = 2 } });
        using var deleted = await admin.DeleteAsync("/api/admin/prices/openai/org%2FMODÈLE-1", Cancel);
        await deleted.DataAsync();

        var history = await admin.HistoryAsync("openai", "org/modèle-1");

        history.Count.ShouldBe(2);
        history[1].GetRawText().ShouldBe(set.GetRawText());
        history[1].GetProperty("effective_from").GetString().ShouldBe("2026-01-01T00:00:00.123456Z");
        history[0].GetProperty("effective_from").GetString().ShouldBe(history[0].GetProperty("created_at").GetString());
    }

    [Fact]
    public async Task Another_instance_charges_by_a_new_price_soon_after()
    {
        using var store = TestStorage.Create();
        await using var one = await GatewayServer.StartAsync(StorageKind.Servers, store: store);
        await using var other = await GatewayServer.StartAsync(StorageKind.Servers, store: store);
        using var admin = await one.CreateAdminClientAsync();
        using var otherAdmin = await other.CreateAdminClientAsync();

        await admin.PutDataAsync("/api/admin/prices/openai/gpt-5.4-mini", new { prices = new { input = 1 } });

        await Eventually.HoldsAsync(async () => (await otherAdmin.PriceAsync("openai", "gpt-5.4-mini")).GetProperty("overridden").GetBoolean());
    }
}
