using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Configs;

public sealed class ListConfigsTests(EmbeddedGateway gateway)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sync.enabled", "boolean", "true")]
    [InlineData("sync.interval", "integer", "300")]
    [InlineData("log.level", "string", "\"info\"")]
    [InlineData("log.level.scheduler", "string", "null")]
    public async Task Settings_come_with_type_and_default(string key, string type, string defaultValue)
    {
        var page = await gateway.Admin.GetDataAsync("/api/admin/configs");

        var item = page.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("key").GetString() == key);
        item.GetProperty("type").GetString().ShouldBe(type);
        item.GetProperty("default").GetRawText().ShouldBe(defaultValue);
        item.GetProperty("description").GetString().ShouldNotBeNullOrWhiteSpace();
        item.TryGetProperty("value", out _).ShouldBeTrue();
        item.TryGetProperty("version", out _).ShouldBeTrue();
        item.TryGetProperty("updated_at", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task All_settings_are_on_the_first_page_unless_a_smaller_one_is_asked_for()
    {
        var all = await gateway.Admin.GetDataAsync("/api/admin/configs");
        var second = await gateway.Admin.GetDataAsync("/api/admin/configs?page=2&page_size=3");

        var keys = Keys(all);
        keys.Count.ShouldBe(all.GetProperty("total").GetInt32());
        keys.ShouldBe(keys.Order(StringComparer.Ordinal));
        Keys(second).ShouldBe(keys.Skip(3).Take(3));
        using var tooMany = await gateway.Admin.GetAsync("/api/admin/configs?page_size=201", Cancel);
        (await tooMany.ErrorAsync(400)).GetProperty("errors").TryGetProperty("page_size", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Only_administrators_see_and_set_settings()
    {
        using var person = await gateway.Admin.CreatePersonAsync();

        using var list = await person.Client.GetAsync("/api/admin/configs", Cancel);
        using var update = await person.Client.SendRawAsync(HttpMethod.Put, "/api/admin/configs/log.level", """{"value":"debug"}""");

        await list.ErrorAsync(403);
        await update.ErrorAsync(403);
    }

    private static List<string?> Keys(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("key").GetString())];
}
