using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.ApiKeys;

/// <summary>What a person may do who is no administrator.</summary>
public sealed class KeysOfUsersTests(EmbeddedGateway gateway)
{
    private const string Keys = "/api/admin/api-keys";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_sees_own_keys_only()
    {
        using var user = await gateway.Admin.CreatePersonAsync();
        await gateway.Admin.CreateKeyAsync();
        var own = await gateway.Admin.CreateKeyAsync(new { name = "own", user_id = user.Id });
        var administrator = await gateway.Admin.GetDataAsync("/api/auth/me");

        var list = await user.Client.GetDataAsync(Keys);
        var others = await user.Client.GetDataAsync($"{Keys}?user_id={administrator.Id()}");

        list.GetProperty("items").EnumerateArray().Select(key => key.Id()).ShouldBe([own.Id()]);
        others.GetProperty("total").GetInt64().ShouldBe(0);
        (await user.Client.GetDataAsync($"{Keys}/{own.Id()}")).Id().ShouldBe(own.Id());
    }

    [Theory] // B24
    [InlineData("GET", "")]
    [InlineData("PUT", "")]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/rotate")]
    public async Task The_key_of_another_user_is_not_found(string method, string call)
    {
        using var user = await gateway.Admin.CreatePersonAsync();
        var key = await gateway.Admin.CreateKeyAsync();

        using var response = await user.Client.SendRawAsync(new HttpMethod(method), $"{Keys}/{key.Id()}{call}", "{}");

        await response.ErrorAsync(404);
        (await gateway.Server.FindKeyAsync(key.GetProperty("key").GetString()!)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_user_writes_five_fields_of_own_keys_and_may_rotate_and_delete_them()
    {
        using var user = await gateway.Admin.CreatePersonAsync();
        var path = $"{Keys}/{(await gateway.Admin.CreateKeyAsync(new { name = "own", user_id = user.Id })).Id()}";

        var changed = await user.Client.PutDataAsync(
            path, new { name = "mine", enabled = false, expires_at = "2999-01-01T00:00:00Z", allowed_models = new[] { "gpt-*" }, allowed_ips = new[] { "10.0.0.1" } });
        using var rotated = await user.Client.PostAsync($"{path}/rotate", null, Cancel);
        using var deleted = await user.Client.DeleteAsync(path, Cancel);

        changed.GetProperty("name").GetString().ShouldBe("mine");
        changed.GetProperty("allowed_ips").ToString().ShouldBe("""["10.0.0.1/32"]""");
        await rotated.DataAsync();
        await deleted.DataAsync();
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task Any_other_field_is_forbidden_to_a_user_whatever_its_value(string method)
    {
        using var user = await gateway.Admin.CreatePersonAsync(new { max_keys = 5 });
        var own = await user.Client.CreateKeyAsync();
        var forbidden = JsonSerializer.SerializeToElement(new
        {
            user_id = user.Id,
            tags = Array.Empty<string>(),
            billing_mode = "subscription",
            quota_usd = -5,
            subscription = (object?)null,
            rate_multiplier = 0,
            allowed_platforms = Array.Empty<string>(),
            account_group = (string?)null,
            max_concurrency = (int?)null,
            requests_per_minute = 1,
            tokens_per_minute = 1,
            limits = Array.Empty<object>(),
            options = new { },
        }).EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
        var path = method == "POST" ? Keys : $"{Keys}/{own.Id()}";

        foreach (var (member, value) in forbidden)
        {
            var body = JsonSerializer.Serialize(new Dictionary<string, object> { ["name"] = "not written", [member] = value });
            using var response = await user.Client.SendRawAsync(new HttpMethod(method), path, body);
            (await response.ErrorAsync(403)).GetProperty("errors").EnumerateObject().Select(field => field.Name).ShouldBe([member]);
        }

        var left = (await user.Client.GetDataAsync(Keys)).GetProperty("items").EnumerateArray().Single();
        left.GetProperty("updated_at").ToString().ShouldBe(own.GetProperty("updated_at").ToString());
    }

    [Fact]
    public async Task A_user_may_not_create_keys_unless_an_administrator_lets_them()
    {
        using var user = await gateway.Admin.CreatePersonAsync();

        using var response = await user.Client.SendRawAsync(HttpMethod.Post, Keys, """{"name":"first"}""");

        (await response.ErrorAsync(403)).GetProperty("error").GetString().ShouldBe("forbidden");
    }

    [Fact]
    public async Task All_else_of_a_users_key_is_copied_from_the_users_defaults()
    {
        const string Defaults = """
            {"max_keys":1,"billing_mode":"subscription","quota_usd":7.5,"subscription":{"period":"month","limit_usd":2,"time_zone":"UTC","week_starts":"monday","starts_at":null,"ends_at":null},"rate_multiplier":1.25,"account_group":"guests","allowed_platforms":["gemini"],"max_concurrency":2,"requests_per_minute":3,"tokens_per_minute":4}
            """;
        var defaults = JsonSerializer.Deserialize<JsonElement>(Defaults);
        using var user = await gateway.Admin.CreatePersonAsync(defaults);

        var created = await user.Client.CreateKeyAsync(new { name = "mine", allowed_models = new[] { "gpt-5" } });

        created.GetProperty("user_id").GetInt64().ShouldBe(user.Id);
        created.GetProperty("allowed_models").ToString().ShouldBe("""["gpt-5"]""");
        foreach (var member in defaults.EnumerateObject().Where(member => member.Name != "max_keys"))
        {
            created.GetProperty(member.Name).ToString().ShouldBe(member.Value.ToString(), member.Name);
        }
    }

    [Fact]
    public async Task A_user_has_no_more_keys_than_allowed_also_of_those_an_administrator_made()
    {
        using var user = await gateway.Admin.CreatePersonAsync(new { max_keys = 2 });
        await gateway.Admin.CreateKeyAsync(new { name = "given", user_id = user.Id });
        await user.Client.CreateKeyAsync(new { name = "second" });

        using var response = await user.Client.SendRawAsync(HttpMethod.Post, Keys, """{"name":"third"}""");

        await response.ErrorAsync(403);
    }

    [Fact]
    public async Task Deleting_and_creating_again_does_not_restore_what_was_spent()
    {
        using var user = await gateway.Admin.CreatePersonAsync(new { max_keys = 5, quota_usd = 1 });
        await SpendAndDeleteAsync(user, 0.25m);

        var second = await user.Client.CreateKeyAsync();
        await SpendAndDeleteAsync(user, 0.75m, second.Id());
        using var third = await user.Client.SendRawAsync(HttpMethod.Post, Keys, """{"name":"third"}""");

        second.GetProperty("quota_usd").GetDecimal().ShouldBe(0.75m);
        (await third.ErrorAsync(403)).GetProperty("message").GetString()!.ShouldContain("quota");
    }

    [Fact]
    public async Task A_deleted_key_keeps_its_place_for_32_days()
    {
        using var user = await gateway.Admin.CreatePersonAsync(new { max_keys = 1 });
        var key = await SpendAndDeleteAsync(user, 0);

        using var soon = await user.Client.SendRawAsync(HttpMethod.Post, Keys, """{"name":"again"}""");
        await gateway.Server.BackdateDeletionAsync(key, TimeSpan.FromDays(33));
        var later = await user.Client.CreateKeyAsync(new { name = "again" });

        await soon.ErrorAsync(403);
        later.Id().ShouldNotBe(key);
    }

    [Fact]
    public async Task An_administrator_is_bound_by_no_defaults()
    {
        using var administrator = await gateway.Admin.CreatePersonAsync(new { max_keys = 0, quota_usd = 1 }, role: "admin");

        var created = await administrator.Client.CreateKeyAsync();

        created.GetProperty("quota_usd").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    private async Task<long> SpendAndDeleteAsync(Person user, decimal usd, long? id = null)
    {
        var key = id ?? (await user.Client.CreateKeyAsync()).Id();
        await gateway.Server.SpendAsync(key, usd);
        using var deleted = await user.Client.DeleteAsync($"{Keys}/{key}", Cancel);
        await deleted.DataAsync();
        return key;
    }
}
