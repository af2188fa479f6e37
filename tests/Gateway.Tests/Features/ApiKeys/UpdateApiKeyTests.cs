using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.ApiKeys;

public sealed class UpdateApiKeyTests(EmbeddedGateway gateway)
{
    private HttpClient Admin => gateway.Admin;

    [Fact]
    public async Task Absent_members_stay_as_they_are()
    {
        var before = await Admin.CreateKeyAsync(new { name = People.NewName("key"), quota_usd = 5.5, tags = new[] { "kept" } });

        var after = await PutAsync(before.Id(), """{"enabled":false}""");

        after.GetProperty("enabled").GetBoolean().ShouldBeFalse();
        Changed(before, after).ShouldBe(["key", "enabled", "updated_at"]);
        (await Admin.GetDataAsync($"/api/admin/api-keys/{before.Id()}")).ToString().ShouldBe(after.ToString());
    }

    [Theory]
    [InlineData("expires_at", """ "2999-01-01T00:00:00Z" """)]
    [InlineData("quota_usd", "1")]
    [InlineData("subscription", """ {"period":"day","limit_usd":1} """)]
    [InlineData("account_group", """ "paid" """)]
    [InlineData("max_concurrency", "1")]
    [InlineData("requests_per_minute", "1")]
    [InlineData("tokens_per_minute", "1")]
    public async Task Null_clears_what_can_be_empty(string member, string value)
    {
        var key = await Admin.CreateKeyAsync();
        var set = await PutAsync(key.Id(), $$"""{"{{member}}":{{value}}}""");
        set.GetProperty(member).ValueKind.ShouldNotBe(JsonValueKind.Null);

        var cleared = await PutAsync(key.Id(), $$"""{"{{member}}":null}""");

        cleared.GetProperty(member).ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("enabled")]
    [InlineData("tags")]
    [InlineData("billing_mode")]
    [InlineData("rate_multiplier")]
    [InlineData("allowed_models")]
    [InlineData("allowed_platforms")]
    [InlineData("allowed_ips")]
    [InlineData("limits")]
    [InlineData("options")]
    public async Task Null_is_refused_where_there_must_be_a_value(string member) => await RefusedAsync($$"""{"{{member}}":null}""", member);

    [Fact]
    public async Task Lists_and_objects_are_replaced_whole()
    {
        var key = await Admin.CreateKeyAsync(new
        {
            name = People.NewName("key"),
            tags = new[] { "a", "b" },
            options = new { strict_conversion = true, auto_cache = false },
            subscription = new { period = "day", limit_usd = 1, time_zone = "Asia/Tokyo" },
        });

        var after = await PutAsync(key.Id(), """{"tags":["c"],"options":{"show_reasoning":false},"subscription":{"period":"month","limit_usd":2}}""");

        after.GetProperty("tags").ToString().ShouldBe("""["c"]""");
        after.GetProperty("options").ToString().ShouldBe("""{"strict_conversion":false,"show_reasoning":false,"auto_cache":true}""");
        after.GetProperty("subscription").GetProperty("time_zone").GetString().ShouldBe("UTC");
    }

    [Theory] // B20-B22
    [InlineData("id", "1")]
    [InlineData("spent_usd", "0")]
    [InlineData("period_spent_usd", "0")]
    [InlineData("period_resets_at", "null")]
    [InlineData("last_used_at", "null")]
    [InlineData("key_hint", """ "sk-" """)]
    [InlineData("created_at", """ "2026-01-01T00:00:00Z" """)]
    [InlineData("updated_at", """ "2026-01-01T00:00:00Z" """)]
    [InlineData("deleted_at", "null")]
    [InlineData("secret_hash", """ "AAAA" """)]
    [InlineData("if_match", """ "x" """)]
    [InlineData("role", """ "admin" """)]
    [InlineData("Name", """ "case matters" """)]
    public async Task B22_Unknown_and_read_only_members_are_refused(string member, string value) =>
        await RefusedAsync($$"""{"name":"not written","{{member}}":{{value}}}""", member);

    [Fact]
    public async Task A_member_that_is_sent_twice_is_refused() => await RefusedAsync("""{"quota_usd":1,"quota_usd":2}""", "quota_usd");

    [Fact]
    public async Task Every_rule_for_new_keys_holds_for_changes_too() => await RefusedAsync("""{"enabled":false,"rate_multiplier":-1}""", "rate_multiplier");

    [Fact]
    public async Task A_subscription_cannot_be_taken_from_a_key_that_pays_by_it()
    {
        var key = await Admin.CreateKeyAsync(
            new { name = People.NewName("key"), billing_mode = "subscription", subscription = new { period = "day", limit_usd = 1 } });

        using var response = await Admin.SendRawAsync(HttpMethod.Put, $"/api/admin/api-keys/{key.Id()}", """{"subscription":null}""");

        (await response.ErrorAsync(400)).GetProperty("errors").TryGetProperty("subscription", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_key_cannot_move_to_another_user()
    {
        var other = await Admin.CreateUserAsync();

        await RefusedAsync($$"""{"user_id":{{other.Id()}}}""", "user_id");
    }

    [Fact]
    public async Task A_key_may_be_let_expire_at_once()
    {
        var key = await Admin.CreateKeyAsync();

        var after = await PutAsync(key.Id(), """{"expires_at":"2026-01-01T01:00:00+01:00"}""");

        after.GetProperty("expires_at").GetString().ShouldBe("2026-01-01T00:00:00Z");
    }

    [Fact]
    public async Task A_change_that_names_the_version_it_read_is_made_once()
    {
        var key = await Admin.CreateKeyAsync();
        var read = $"\"{key.GetProperty("updated_at").GetString()}\"";

        using var first = await Admin.SendRawAsync(HttpMethod.Put, $"/api/admin/api-keys/{key.Id()}", """{"quota_usd":1}""", read);
        using var second = await Admin.SendRawAsync(HttpMethod.Put, $"/api/admin/api-keys/{key.Id()}", """{"quota_usd":2}""", read);

        (await first.DataAsync()).GetProperty("quota_usd").GetDecimal().ShouldBe(1);
        (await second.ErrorAsync(409)).GetProperty("error").GetString().ShouldBe("stale");
        (await Admin.GetDataAsync($"/api/admin/api-keys/{key.Id()}")).GetProperty("quota_usd").GetDecimal().ShouldBe(1);
    }

    [Theory]
    [InlineData("2026-01-01T00:00:00Z", 409)]
    [InlineData("\"something else\"", 409)]
    [InlineData("*", 200)]
    public async Task A_precondition_is_a_quoted_time_or_a_star(string header, int status)
    {
        var key = await Admin.CreateKeyAsync();

        using var response = await Admin.SendRawAsync(HttpMethod.Put, $"/api/admin/api-keys/{key.Id()}", """{"quota_usd":1}""", header);

        ((int)response.StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task A_key_cannot_take_the_name_of_another_one_of_its_user()
    {
        var taken = await Admin.CreateKeyAsync();
        var key = await Admin.CreateKeyAsync();

        using var response = await Admin.SendRawAsync(
            HttpMethod.Put, $"/api/admin/api-keys/{key.Id()}", $$"""{"name":"{{taken.GetProperty("name").GetString()}}"}""");

        await response.ErrorAsync(409);
    }

    [Fact]
    public async Task A_key_may_be_given_the_name_it_has()
    {
        var key = await Admin.CreateKeyAsync();
        var name = key.GetProperty("name").GetString();

        (await PutAsync(key.Id(), $$"""{"name":"{{name}}"}""")).GetProperty("name").GetString().ShouldBe(name);
    }

    private async Task RefusedAsync(string body, string field)
    {
        var key = await Admin.CreateKeyAsync();

        using var response = await Admin.SendRawAsync(HttpMethod.Put, $"/api/admin/api-keys/{key.Id()}", body);

        (await response.ErrorAsync(400)).GetProperty("errors").EnumerateObject().Select(entry => entry.Name).ShouldBe([field]);
        Changed(key, await Admin.GetDataAsync($"/api/admin/api-keys/{key.Id()}")).ShouldBe(["key"]);
    }

    private async Task<JsonElement> PutAsync(long id, string body)
    {
        using var response = await Admin.SendRawAsync(HttpMethod.Put, $"/api/admin/api-keys/{id}", body);
        return await response.DataAsync();
    }

    private static IEnumerable<string> Changed(JsonElement before, JsonElement after) => before.EnumerateObject()
        .Where(member => !after.TryGetProperty(member.Name, out var now) || now.ToString() != member.Value.ToString())
        .Select(member => member.Name);
}
