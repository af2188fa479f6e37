using System.Net.Http.Json;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Tests.Infrastructure.Caching;

/// <summary>What is stored badly, and a database that goes away, freeze nothing else.</summary>
public sealed class CacheRefresherTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_area_that_cannot_be_read_holds_up_no_other()
    {
        var bad = new FakeArea(CacheArea.ModelAliases, () => throw new FormatException("not JSON"));
        var good = new FakeArea(CacheArea.Prices, () => { });
        await using var services = await TestServices.OpenAsync(gateway.Server, bad, good);

        await services.Caches.RefreshAsync(Cancel);

        good.Reloads.ShouldBe(1);
        bad.Reloads.ShouldBe(1);
        services.Caches.IsFailing.ShouldBeTrue();
    }

    [Fact]
    public async Task A_change_stands_although_the_reload_after_it_fails()
    {
        var away = new FakeArea(CacheArea.ModelAliases, () => throw new SqliteException("disk I/O error", 10));
        await using var services = await TestServices.OpenAsync(gateway.Server, away);
        var alias = $"alias-{Guid.NewGuid():N}";
        services.Database.ModelAliases.Add(new ModelAlias { Alias = alias, Models = ["m"], UpdatedAtUtc = DateTime.UnixEpoch });

        await services.Database.SaveChangesAsync(Cancel);

        away.Reloads.ShouldBeGreaterThan(0);
        (await services.Database.ModelAliases.AsNoTracking().AnyAsync(row => row.Alias == alias, Cancel)).ShouldBeTrue();
        (await gateway.Admin.DeleteAsync($"/api/admin/model-aliases/{alias}", Cancel)).Dispose();
    }

    [Theory]
    [InlineData(StorageKind.Embedded, "allowed_ips", """["nonsense"]""")]
    [InlineData(StorageKind.Embedded, "allowed_platforms", "not JSON")]
    [InlineData(StorageKind.Servers, "allowed_ips", "not JSON")]
    public async Task A_key_that_is_stored_badly_is_refused_alone(StorageKind storage, string column, string value)
    {
        using var data = new TempDirectory();
        using var store = storage == StorageKind.Servers ? TestStorage.Create() : null;
        await using var server = await GatewayServer.StartAsync(storage, dataDirectory: data.Path, store: store);
        using var admin = await server.CreateAdminClientAsync();
        var bad = await admin.CreateKeyAsync();
        var good = await admin.CreateKeyAsync();
        await using (var services = await TestServices.OpenAsync(server))
        {
            var sql = $"UPDATE api_keys SET {column} = {{0}} WHERE id = {{1}}";
            await services.Database.Database.ExecuteSqlRawAsync(sql, [value, bad.Id()], Cancel);
            services.Database.Touch(CacheArea.ApiKeys);
            await services.Database.SaveChangesAsync(Cancel);
        }

        await Eventually.HoldsAsync(async () => await StatusAsync(server, bad) == 401);
        (await StatusAsync(server, good)).ShouldBe(200);
        server.Output.ShouldContain($"API key {bad.Id()} is refused");
        await admin.PutDataAsync($"/api/admin/api-keys/{good.Id()}", new { enabled = false });
        (await StatusAsync(server, good)).ShouldBe(401);
        await admin.PutDataAsync($"/api/admin/api-keys/{good.Id()}", new { enabled = true });
        (await server.StopAsync()).ShouldBe(0);
        server.Output.Split($"API key {bad.Id()} is refused").Length.ShouldBe(2, "said once");

        await using var again = await GatewayServer.StartAsync(storage, dataDirectory: data.Path, store: store);
        (await StatusAsync(again, bad)).ShouldBe(401);
        (await StatusAsync(again, good)).ShouldBe(200);
    }

    [Fact]
    public async Task A_price_and_an_account_that_are_stored_badly_keep_nobody_from_being_served()
    {
        using var data = new TempDirectory();
        await using (var server = await GatewayServer.StartAsync(dataDirectory: data.Path))
        {
            using var before = await server.CreateAdminClientAsync();
            await Tenant.OpenAiAsync(before, simulator.Server);
            await using var services = await TestServices.OpenAsync(server);
            await services.Database.Database.ExecuteSqlRawAsync("UPDATE accounts SET models = 'not JSON'", Cancel);
            services.Database.ModelPrices.Add(new ModelPriceOverride { Platform = Platform.OpenAi, Model = "gpt-5-mini", Prices = "not JSON" });
            await services.Database.SaveChangesAsync(Cancel);
            (await server.StopAsync()).ShouldBe(0);
        }

        await using var again = await GatewayServer.StartAsync(dataDirectory: data.Path);

        using var admin = await again.CreateAdminClientAsync();
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server);
        using var client = tenant.CreateClient(again);
        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        again.Output.ShouldContain("Account 1 cannot be used");
        again.Output.ShouldContain("Price entry 1 does not count");
    }

    private static async Task<int> StatusAsync(GatewayServer server, System.Text.Json.JsonElement key)
    {
        using var client = server.CreateClient();
        client.DefaultRequestHeaders.Add("x-api-key", key.GetProperty("key").GetString());
        using var response = await client.GetAsync("/v1/models", Cancel);
        return (int)response.StatusCode;
    }

    private sealed class FakeArea(string name, Action reload) : ICachedArea
    {
        public string Area => name;

        public int Entries => 0;

        public long Hits => 0;

        public int Reloads { get; private set; }

        public Task ReloadAsync(IServiceProvider scope, CancellationToken cancellationToken)
        {
            Reloads++;
            reload();
            return Task.CompletedTask;
        }
    }
}
