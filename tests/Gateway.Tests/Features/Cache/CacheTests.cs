using System.Diagnostics;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Cache;

public sealed class CacheTests(EmbeddedGateway gateway)
{
    private static readonly TimeSpan Everywhere = TimeSpan.FromSeconds(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_area_but_the_key_ring_shows_what_it_holds()
    {
        using var person = await gateway.Admin.CreatePersonAsync(new { max_keys = 1 });
        await person.Client.CreateKeyAsync();

        var data = await gateway.Admin.GetDataAsync("/api/admin/cache");

        var areas = data.GetProperty("items").EnumerateArray().ToDictionary(item => item.GetProperty("area").GetString()!);
        areas.Keys.ShouldBeSubsetOf(["accounts", "api_keys", "configs", "model_aliases", "prices", "sessions"]);
        areas.Keys.ShouldContain("configs");
        areas["api_keys"].GetProperty("entries").GetInt32().ShouldBeGreaterThan(0);
        areas["api_keys"].GetProperty("age_seconds").GetDouble().ShouldBeInRange(0, 3600);
        areas["configs"].GetProperty("hits").GetInt64().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_dropped_area_is_loaded_again_on_every_instance()
    {
        using var store = TestStorage.Create();
        await using var here = await GatewayServer.StartAsync(StorageKind.Servers, store: store);
        await using var there = await GatewayServer.StartAsync(StorageKind.Servers, store: store);
        using var admin = await here.CreateAdminClientAsync();
        using var other = await there.CreateAdminClientAsync();
        var dropped = Stopwatch.GetTimestamp();

        using var response = await admin.DeleteAsync("/api/admin/cache/api_keys", Cancel);

        (await response.DataAsync()).ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        (await AgeAsync(admin, "api_keys")).ShouldBeLessThan(Stopwatch.GetElapsedTime(dropped), "at once here");
        await Eventually.HoldsAsync(async () => await AgeAsync(other, "api_keys") < Stopwatch.GetElapsedTime(dropped), Everywhere);
        (await AgeAsync(other, "configs")).ShouldBeGreaterThan(Stopwatch.GetElapsedTime(dropped), "no other area");
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("secret_keys")]
    [InlineData("Api_Keys")]
    public async Task An_area_that_cannot_be_dropped_is_not_found(string area)
    {
        using var response = await gateway.Admin.DeleteAsync($"/api/admin/cache/{area}", Cancel);

        (await response.ErrorAsync(404)).GetProperty("message").GetString()!.ShouldContain("api_keys");
    }

    [Fact]
    public async Task Only_administrators_see_and_drop_caches()
    {
        using var person = await gateway.Admin.CreatePersonAsync();

        using var list = await person.Client.GetAsync("/api/admin/cache", Cancel);
        using var drop = await person.Client.DeleteAsync("/api/admin/cache/configs", Cancel);

        await list.ErrorAsync(403);
        await drop.ErrorAsync(403);
    }

    private static async Task<TimeSpan> AgeAsync(HttpClient client, string area) => TimeSpan.FromSeconds(
        (await client.GetDataAsync("/api/admin/cache")).GetProperty("items").EnumerateArray()
            .Single(item => item.GetProperty("area").GetString() == area).GetProperty("age_seconds").GetDouble());
}
