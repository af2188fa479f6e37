using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Configs;

public sealed class SetConfigTests(GatewayOfEach gateways) : IClassFixture<GatewayOfEach>
{
    // Settings that no other test here depends on.
    private const string Number = "/api/admin/configs/proxy.idle_seconds";
    private const string Nullable = "/api/admin/configs/log.level.sync";

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_setting_counts_its_changes_and_keeps_the_last(StorageKind storage)
    {
        var server = await gateways.OnAsync(storage);
        using var admin = await server.CreateAdminClientAsync();

        var first = await admin.PutDataAsync(Number, new { value = 60 });
        var second = await admin.PutDataAsync(Number, new { value = 61 });

        second.GetProperty("value").GetInt32().ShouldBe(61);
        second.GetProperty("default").GetInt32().ShouldBe(120);
        second.GetProperty("version").GetInt32().ShouldBe(first.GetProperty("version").GetInt32() + 1);
        second.GetProperty("updated_at").GetDateTime().ShouldBeGreaterThan(first.GetProperty("updated_at").GetDateTime());
        (await FindAsync(admin, "proxy.idle_seconds")).GetRawText().ShouldBe(second.GetRawText());
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Changes_at_the_same_time_are_all_counted(StorageKind storage)
    {
        var server = await gateways.OnAsync(storage);
        using var admin = await server.CreateAdminClientAsync();
        var before = (await admin.PutDataAsync(Number, new { value = 60 })).GetProperty("version").GetInt32();

        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => admin.PutDataAsync(Number, new { value = 100 + i })));

        (await FindAsync(admin, "proxy.idle_seconds")).GetProperty("version").GetInt32().ShouldBe(before + 10);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Null_goes_back_to_a_default_of_null(StorageKind storage)
    {
        var server = await gateways.OnAsync(storage);
        using var admin = await server.CreateAdminClientAsync();
        await admin.PutDataAsync(Nullable, new { value = "error" });

        var cleared = await admin.PutDataAsync(Nullable, new { value = (string?)null });

        cleared.GetProperty("value").ValueKind.ShouldBe(JsonValueKind.Null);
        cleared.GetProperty("version").GetInt32().ShouldBeGreaterThanOrEqualTo(2);
    }

    [Theory]
    [InlineData("sync.interval", "0")]
    [InlineData("sync.interval", "\"300\"")]
    [InlineData("sync.interval", "1.5")]
    [InlineData("sync.interval", "1e400")]
    [InlineData("sync.interval", "99999999999999999999")]
    [InlineData("sync.interval", "null")]
    [InlineData("sync.interval", "[300]")]
    [InlineData("sync.enabled", "\"true\"")]
    [InlineData("sync.enabled", "1")]
    [InlineData("log.level", "\"loud\"")]
    [InlineData("log.level", "3")]
    [InlineData("log.level", "null")]
    [InlineData("log.level.proxy", "\"\"")]
    [InlineData("log.level.proxy", "{}")]
    public async Task B26_A_value_of_another_type_or_out_of_range_is_refused(string key, string value)
    {
        var server = await gateways.OnAsync(StorageKind.Embedded);
        using var admin = await server.CreateAdminClientAsync();

        using var response = await admin.SendRawAsync(HttpMethod.Put, $"/api/admin/configs/{key}", $$"""{"value":{{value}}}""");

        (await response.ErrorAsync(400)).GetProperty("errors").GetProperty("value").GetArrayLength().ShouldBe(1);
        (await FindAsync(admin, key)).GetProperty("version").GetInt32().ShouldBe(0);
    }

    [Theory]
    [InlineData("{}", "value")]
    [InlineData("""{"value":60,"key":"log.level"}""", "key")]
    public async Task A_body_of_another_shape_is_refused(string body, string field)
    {
        var server = await gateways.OnAsync(StorageKind.Embedded);
        using var admin = await server.CreateAdminClientAsync();

        using var response = await admin.SendRawAsync(HttpMethod.Put, Number, body);

        (await response.ErrorAsync(400)).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_setting_that_does_not_exist_is_not_found()
    {
        var server = await gateways.OnAsync(StorageKind.Embedded);
        using var admin = await server.CreateAdminClientAsync();

        using var response = await admin.SendRawAsync(HttpMethod.Put, "/api/admin/configs/no.such", """{"value":1}""");

        await response.ErrorAsync(404);
    }

    private static async Task<JsonElement> FindAsync(HttpClient admin, string key) =>
        (await admin.GetDataAsync("/api/admin/configs")).GetProperty("items").EnumerateArray().Single(item => item.GetProperty("key").GetString() == key);
}
