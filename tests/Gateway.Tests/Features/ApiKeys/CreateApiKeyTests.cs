using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.ApiKeys;

public sealed class CreateApiKeyTests(EmbeddedGateway gateway)
{
    private HttpClient Admin => gateway.Admin;

    [Fact]
    public async Task A_new_key_shows_its_secret_once_and_later_only_a_hint()
    {
        var created = await Admin.CreateKeyAsync();

        var secret = created.GetProperty("key").GetString()!;
        var shown = await Admin.GetDataAsync($"/api/admin/api-keys/{created.Id()}");

        secret.ShouldStartWith("sk-");
        shown.TryGetProperty("key", out _).ShouldBeFalse();
        shown.GetProperty("key_hint").GetString().ShouldBe($"{secret[..8]}…{secret[^4..]}");
        (await gateway.Server.FindKeyAsync(secret))!.Id.ShouldBe(created.Id());
    }

    [Fact]
    public async Task A_key_with_a_name_only_belongs_to_the_caller_and_has_the_defaults()
    {
        var me = await Admin.GetDataAsync("/api/auth/me");
        var name = People.NewName("key");

        var created = await Admin.CreateKeyAsync(new { name });

        var key = await Admin.GetDataAsync($"/api/admin/api-keys/{created.Id()}");
        key.GetProperty("updated_at").GetString().ShouldBe(created.GetProperty("updated_at").GetString());
        Without(key, "id", "key_hint", "created_at", "updated_at").ShouldBe(
            $$"""
            {"name":"{{name}}","user_id":{{me.Id()}},"enabled":true,"tags":[],"expires_at":null,"billing_mode":"quota","quota_usd":null,"subscription":null,
            "rate_multiplier":1,"allowed_models":[],"allowed_platforms":[],"allowed_ips":[],"account_group":null,"max_concurrency":null,"requests_per_minute":null,
            "tokens_per_minute":null,"limits":[],"options":{"strict_conversion":false,"show_reasoning":true,"auto_cache":true},
            "spent_usd":0,"period_spent_usd":null,"period_resets_at":null,"last_used_at":null}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public async Task Every_field_comes_back_as_it_was_written()
    {
        var owner = (await Admin.CreateUserAsync()).Id();
        var fields = $$$"""
            {"name":"{{{People.NewName("key")}}}","user_id":{{{owner}}},"enabled":false,"tags":["team a","blau"],"expires_at":"2999-12-31T23:59:59.123456Z",
            "billing_mode":"subscription","quota_usd":12.345678901,
            "subscription":{"period":"week","limit_usd":5,"time_zone":"Asia/Shanghai","week_starts":"sunday","starts_at":"2026-01-01T00:00:00Z","ends_at":"2027-01-01T00:00:00Z"},
            "rate_multiplier":0.0001,"allowed_models":["gpt-5","claude-*","*"],"allowed_platforms":["openai","claude_ccr"],"allowed_ips":["10.0.0.0/8","2001:db8::/32"],
            "account_group":"paid","max_concurrency":3,"requests_per_minute":60,"tokens_per_minute":9007199254740991,
            "limits":[{"measure":"usd","window":"5h","limit":0.5,"models":["gpt-*"]},{"measure":"requests","window":"minute","limit":10,"models":null}],
            "options":{"strict_conversion":true,"show_reasoning":false,"auto_cache":false}}
            """.ReplaceLineEndings("");

        using var response = await Admin.SendRawAsync(HttpMethod.Post, "/api/admin/api-keys", fields);

        var created = await response.DataAsync();
        var key = await Admin.GetDataAsync($"/api/admin/api-keys/{created.Id()}");
        Without(key, "id", "spent_usd", "period_spent_usd", "period_resets_at", "last_used_at", "key_hint", "created_at", "updated_at").ShouldBe(fields);
    }

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3/32")]
    [InlineData("2001:DB8::1", "2001:db8::1/128")]
    [InlineData("192.168.1.77/24", "192.168.1.0/24")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    public async Task An_address_is_stored_as_the_range_it_stands_for(string written, string stored)
    {
        var created = await Admin.CreateKeyAsync(new { name = People.NewName("key"), allowed_ips = new[] { written } });

        created.GetProperty("allowed_ips")[0].GetString().ShouldBe(stored);
    }

    [Fact]
    public async Task A_second_key_of_the_same_name_is_a_conflict()
    {
        var name = People.NewName("twin");
        await Admin.CreateKeyAsync(new { name });

        using var response = await Admin.SendRawAsync(HttpMethod.Post, "/api/admin/api-keys", $$"""{"name":"{{name}}"}""");

        (await response.ErrorAsync(409)).GetProperty("message").GetString()!.ShouldContain(name);
    }

    [Fact]
    public async Task Two_users_may_have_keys_of_the_same_name()
    {
        var other = (await Admin.CreateUserAsync()).Id();
        var name = People.NewName("twin");
        await Admin.CreateKeyAsync(new { name });

        var created = await Admin.CreateKeyAsync(new { name, user_id = other });

        created.GetProperty("user_id").GetInt64().ShouldBe(other);
    }

    [Theory]
    [InlineData("name", """ "" """)]
    [InlineData("name", "null")]
    [InlineData("name", "7")]
    [InlineData("name", """ " padded" """)]
    [InlineData("name", """ "two\nlines" """)]
    [InlineData("name", """ "\ud800" """)]
    [InlineData("user_id", "999999999")]
    [InlineData("user_id", "null")]
    [InlineData("enabled", "null")]
    [InlineData("enabled", "1")]
    [InlineData("tags", "null")]
    [InlineData("tags", """ [""] """)]
    [InlineData("tags", "[null]")]
    [InlineData("expires_at", """ "2020-01-01T00:00:00Z" """)]
    [InlineData("expires_at", """ "2999-01-01T00:00:00" """)]
    [InlineData("billing_mode", """ "free" """)]
    [InlineData("billing_mode", """ "quota, subscription" """)]
    [InlineData("billing_mode", "1")]
    [InlineData("quota_usd", "-0.000000001")]
    [InlineData("quota_usd", "0.0000000001")]
    [InlineData("quota_usd", "9000000.000000001")]
    [InlineData("quota_usd", "NaN")]
    [InlineData("quota_usd", "1e400")]
    [InlineData("quota_usd", """ "1" """)]
    [InlineData("rate_multiplier", "-1")]
    [InlineData("rate_multiplier", "100.0001")]
    [InlineData("rate_multiplier", "1.00001")]
    [InlineData("rate_multiplier", "1e400")]
    [InlineData("rate_multiplier", "null")]
    [InlineData("allowed_models", """ ["a*b"] """)]
    [InlineData("allowed_models", """ ["a**"] """)]
    [InlineData("allowed_models", """ [""] """)]
    [InlineData("allowed_platforms", """ ["openai","else"] """)]
    [InlineData("allowed_ips", """ ["10.0.0.0/33"] """)]
    [InlineData("allowed_ips", """ ["010.0.0.1"] """)]
    [InlineData("allowed_ips", """ ["10.1"] """)]
    [InlineData("allowed_ips", """ ["fe80::1%eth0"] """)]
    [InlineData("allowed_ips", """ ["::ffff:10.0.0.1"] """)]
    [InlineData("allowed_ips", """ ["example.com"] """)]
    [InlineData("account_group", """ "" """)]
    [InlineData("max_concurrency", "0")]
    [InlineData("max_concurrency", "1.5")]
    [InlineData("max_concurrency", "2147483648")]
    [InlineData("requests_per_minute", "-1")]
    [InlineData("tokens_per_minute", "9007199254740992")]
    [InlineData("tokens_per_minute", "1e400")]
    [InlineData("limits", "null")]
    [InlineData("limits[0]", "[null]", "limits")]
    [InlineData("limits[0].limit", """ [{"measure":"usd","window":"day","limit":0}] """, "limits")]
    [InlineData("limits[0].limit", """ [{"measure":"usd","window":"day"}] """, "limits")]
    [InlineData("limits[0].limit", """ [{"measure":"usd","window":"day","limit":1e400}] """, "limits")]
    [InlineData("limits[1].limit", """ [{"measure":"usd","window":"day","limit":1},{"measure":"tokens","window":"day","limit":1.5}] """, "limits")]
    [InlineData("limits[0].measure", """ [{"measure":"eur","window":"day","limit":1}] """, "limits")]
    [InlineData("limits[0].window", """ [{"measure":"usd","window":"year","limit":1}] """, "limits")]
    [InlineData("limits[0].models", """ [{"measure":"usd","window":"day","limit":1,"models":["*a"]}] """, "limits")]
    [InlineData("limits[0].per", """ [{"measure":"usd","window":"day","limit":1,"per":"key"}] """, "limits")]
    [InlineData("subscription.period", """ {"period":"year","limit_usd":1} """, "subscription")]
    [InlineData("subscription.limit_usd", """ {"period":"day","limit_usd":-1} """, "subscription")]
    [InlineData("subscription.limit_usd", """ {"period":"day","limit_usd":NaN} """, "subscription", "subscription")]
    [InlineData("subscription.time_zone", """ {"period":"day","limit_usd":1,"time_zone":"Berlin/Europe"} """, "subscription")]
    [InlineData("subscription.time_zone", """ {"period":"day","limit_usd":1,"time_zone":"../../etc/passwd"} """, "subscription")]
    [InlineData("subscription.time_zone", """ {"period":"day","limit_usd":1,"time_zone":null} """, "subscription")]
    [InlineData("subscription.week_starts", """ {"period":"day","limit_usd":1,"week_starts":"Monday"} """, "subscription")]
    [InlineData("subscription.ends_at", """ {"period":"day","limit_usd":1,"starts_at":"2026-01-01T00:00:00Z","ends_at":"2026-01-01T00:00:00Z"} """, "subscription")]
    [InlineData("options", "null")]
    [InlineData("options.role", """ {"role":"admin"} """, "options")]
    [InlineData("role", """ "admin" """)]
    [InlineData("allowed_routes", "[]")]
    [InlineData("owner_id", "1")]
    [InlineData("unlimited", "true")]
    [InlineData("spent_usd", "0")]
    [InlineData("id", "1")]
    [InlineData("key", """ "sk-chosen" """)]
    public async Task B20_B26_B27_B28_B29_A_value_that_cannot_be_is_refused_by_the_name_of_its_field(string field, string value, string? member = null, string? named = null)
    {
        var name = People.NewName("refused");
        member ??= field;
        var body = member == "name" ? $$"""{"name":{{value}}}""" : $$"""{"name":"{{name}}","{{member}}":{{value}}}""";

        using var response = await Admin.SendRawAsync(HttpMethod.Post, "/api/admin/api-keys", body);

        var error = await response.ErrorAsync(400);
        error.GetProperty("errors").EnumerateObject().Select(entry => entry.Name).ShouldBe([named ?? field]);
        (await Admin.GetDataAsync($"/api/admin/api-keys?search={name}")).GetProperty("total").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task A_name_is_required()
    {
        using var response = await Admin.SendRawAsync(HttpMethod.Post, "/api/admin/api-keys", "{}");

        (await response.ErrorAsync(400)).GetProperty("errors").TryGetProperty("name", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_key_that_pays_by_subscription_needs_one()
    {
        using var response = await Admin.SendRawAsync(HttpMethod.Post, "/api/admin/api-keys", """{"name":"no subscription","billing_mode":"subscription"}""");

        (await response.ErrorAsync(400)).GetProperty("errors").TryGetProperty("subscription", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_key_with_a_subscription_shows_its_period_from_the_start()
    {
        var created = await Admin.CreateKeyAsync(
            new { name = People.NewName("key"), billing_mode = "subscription", subscription = new { period = "day", limit_usd = 1 } });

        created.GetProperty("period_spent_usd").GetDecimal().ShouldBe(0);
        created.GetProperty("period_resets_at").GetDateTimeOffset().ShouldBeGreaterThan(created.GetProperty("created_at").GetDateTimeOffset());
    }

    [Fact]
    public async Task Lists_have_a_most_of_entries()
    {
        var manyTags = Enumerable.Range(0, 21).Select(number => $"tag {number}");
        var manyModels = Enumerable.Range(0, 201).Select(number => $"model-{number}");
        using var response = await Admin.SendRawAsync(
            HttpMethod.Post,
            "/api/admin/api-keys",
            JsonSerializer.Serialize(new { name = "many", tags = manyTags, allowed_models = manyModels, allowed_ips = manyModels }));

        (await response.ErrorAsync(400)).GetProperty("errors").EnumerateObject().Select(field => field.Name).ShouldBe(["tags", "allowed_models", "allowed_ips"]);
    }

    [Fact]
    public async Task Nobody_creates_a_key_without_logging_in()
    {
        using var anyone = gateway.Server.CreateClient();

        using var response = await anyone.SendRawAsync(HttpMethod.Post, "/api/admin/api-keys", """{"name":"nobody's"}""");

        await response.ErrorAsync(401);
    }

    private static string Without(JsonElement data, params string[] members) => JsonSerializer.Serialize(
        data.EnumerateObject().Where(member => !members.Contains(member.Name)).ToDictionary(member => member.Name, member => member.Value));
}
