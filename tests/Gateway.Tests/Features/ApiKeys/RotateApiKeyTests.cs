using System.Net.Http.Json;
using Gateway.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Features.ApiKeys;

public sealed class RotateApiKeyTests(EmbeddedGateway gateway)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"overlap_seconds":0}""")]
    public async Task A_rotated_key_has_a_new_secret_and_the_old_one_ends_at_once(string body)
    {
        var key = await gateway.Admin.CreateKeyAsync();

        var rotated = await RotateAsync(key.Id(), body);

        var secret = rotated.GetProperty("key").GetString()!;
        (await gateway.Server.FindKeyAsync(key.GetProperty("key").GetString()!)).ShouldBeNull();
        (await gateway.Server.FindKeyAsync(secret))!.Id.ShouldBe(key.Id());
        rotated.GetProperty("key_hint").GetString().ShouldBe($"{secret[..8]}…{secret[^4..]}");
    }

    [Fact]
    public async Task The_old_secret_works_on_for_as_long_as_was_asked()
    {
        var key = await gateway.Admin.CreateKeyAsync();
        var old = key.GetProperty("key").GetString()!;

        var rotated = await RotateAsync(key.Id(), """{"overlap_seconds":60}""");

        var end = rotated.GetProperty("updated_at").GetDateTimeOffset().AddSeconds(60);
        (await gateway.Server.FindKeyAsync(old, new FakeTimeProvider(end.AddSeconds(-1))))!.Id.ShouldBe(key.Id());
        (await gateway.Server.FindKeyAsync(old, new FakeTimeProvider(end))).ShouldBeNull();
    }

    [Fact]
    public async Task Only_the_latest_old_secret_overlaps()
    {
        var first = await gateway.Admin.CreateKeyAsync();

        var second = await RotateAsync(first.Id(), """{"overlap_seconds":600}""");
        await RotateAsync(first.Id(), """{"overlap_seconds":600}""");

        (await gateway.Server.FindKeyAsync(first.GetProperty("key").GetString()!)).ShouldBeNull();
        (await gateway.Server.FindKeyAsync(second.GetProperty("key").GetString()!)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("604801")]
    [InlineData("1e400")]
    [InlineData("null")]
    public async Task An_overlap_is_at_most_a_week(string seconds)
    {
        var key = await gateway.Admin.CreateKeyAsync();

        using var response = await gateway.Admin.SendRawAsync(HttpMethod.Post, $"/api/admin/api-keys/{key.Id()}/rotate", $$"""{"overlap_seconds":{{seconds}}}""");

        (await response.ErrorAsync(400)).GetProperty("errors").TryGetProperty("overlap_seconds", out _).ShouldBeTrue();
        (await gateway.Server.FindKeyAsync(key.GetProperty("key").GetString()!)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_key_that_could_not_be_shown_was_neither_rotated_nor_made()
    {
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        object subscription = new { period = "day", limit_usd = 1 };
        var key = await admin.CreateKeyAsync(new { name = "subscribed", billing_mode = "subscription", subscription });
        await using var services = await TestServices.OpenAsync(server);
        await services.Database.Database.ExecuteSqlRawAsync(
            "ALTER TABLE usage_records RENAME TO away_1; ALTER TABLE hourly_usages RENAME TO away_2; ALTER TABLE daily_usages RENAME TO away_3", Cancel);

        using var rotated = await admin.SendRawAsync(HttpMethod.Post, $"/api/admin/api-keys/{key.Id()}/rotate", "{}");
        using var created = await admin.PostAsJsonAsync("/api/admin/api-keys", new { name = "another", billing_mode = "subscription", subscription }, Cancel);

        await rotated.ErrorAsync(503);
        await created.ErrorAsync(503);
        (await server.FindKeyAsync(key.GetProperty("key").GetString()!))!.Id.ShouldBe(key.Id());
        (await services.Database.ApiKeys.CountAsync(Cancel)).ShouldBe(1);
    }

    private async Task<System.Text.Json.JsonElement> RotateAsync(long id, string body)
    {
        using var response = await gateway.Admin.SendRawAsync(HttpMethod.Post, $"/api/admin/api-keys/{id}/rotate", body);
        return await response.DataAsync();
    }
}
