using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Accounts;

public sealed class UpdateAccountTests(EmbeddedGateway gateway)
{
    [Fact]
    public async Task What_is_absent_stays_and_null_clears()
    {
        var account = await gateway.Admin.CreateAccountAsync(new
        {
            base_url = "https://93.184.216.34/v1",
            group = "gold",
            max_concurrency = 5,
            requests_per_minute = 6,
            tokens_per_minute = 7,
            daily_budget_usd = 8,
            proxy_url = "http://127.0.0.1:3128",
            priority = 3,
        });

        var changed = await gateway.Admin.PutDataAsync(account.Of(), new
        {
            group = (string?)null,
            max_concurrency = (int?)null,
            requests_per_minute = (int?)null,
            tokens_per_minute = (long?)null,
            daily_budget_usd = (decimal?)null,
            proxy_url = (string?)null,
        });

        foreach (var member in (string[])["group", "max_concurrency", "requests_per_minute", "tokens_per_minute", "daily_budget_usd", "proxy_url"])
        {
            changed.GetProperty(member).ValueKind.ShouldBe(JsonValueKind.Null, member);
        }

        foreach (var member in (string[])["id", "name", "platform", "base_url", "priority", "weight", "models", "enabled", "credentials_hint", "created_at"])
        {
            changed.GetProperty(member).GetRawText().ShouldBe(account.GetProperty(member).GetRawText(), member);
        }

        (await gateway.Admin.GetDataAsync(account.Of())).GetRawText().ShouldBe(changed.GetRawText());
    }

    [Fact]
    public async Task Everything_writable_can_be_written()
    {
        var account = await gateway.Admin.CreateAccountAsync();
        var name = Accounts.NewName();

        var changed = await gateway.Admin.PutDataAsync(account.Of(), new
        {
            name,
            priority = 1,
            weight = 2,
            max_concurrency = 3,
            requests_per_minute = 4,
            tokens_per_minute = 5,
            daily_budget_usd = 0.000000001m,
            models = new[] { "b" },
            model_mapping = new { c = "d" },
            group = "g",
            enabled = false,
            options = new { chat_upstream = "chat" },
        });

        changed.Text("name").ShouldBe(name);
        changed.GetProperty("priority").GetInt32().ShouldBe(1);
        changed.GetProperty("weight").GetInt32().ShouldBe(2);
        changed.GetProperty("max_concurrency").GetInt32().ShouldBe(3);
        changed.GetProperty("requests_per_minute").GetInt32().ShouldBe(4);
        changed.GetProperty("tokens_per_minute").GetInt32().ShouldBe(5);
        changed.GetProperty("daily_budget_usd").GetDecimal().ShouldBe(0.000000001m);
        changed.GetProperty("models").GetRawText().ShouldBe("""["b"]""");
        changed.GetProperty("model_mapping").GetRawText().ShouldBe("""{"c":"d"}""");
        changed.Text("group").ShouldBe("g");
        changed.Text("status").ShouldBe("disabled");
        changed.GetProperty("options").Text("chat_upstream").ShouldBe("chat");
    }

    [Fact]
    public async Task Lists_and_objects_are_replaced_whole()
    {
        var account = await gateway.Admin.CreateAccountAsync(new
        {
            models = new[] { "a", "b" },
            model_mapping = new { a = "x", b = "y" },
            options = new { profile = "eu", chat_upstream = "chat" },
        });

        var changed = await gateway.Admin.PutDataAsync(
            account.Of(), new { models = new[] { "c" }, model_mapping = new { c = "z" }, options = new { token_encoding = "form" } });

        changed.GetProperty("models").GetRawText().ShouldBe("""["c"]""");
        changed.GetProperty("model_mapping").GetRawText().ShouldBe("""{"c":"z"}""");
        changed.GetProperty("options").GetRawText().ShouldBe("""{"profile":null,"token_encoding":"form","chat_upstream":null,"capabilities":null}""");
    }

    [Theory]
    [InlineData("""{"name":null}""", "name")]
    [InlineData("""{"priority":null}""", "priority")]
    [InlineData("""{"weight":null}""", "weight")]
    [InlineData("""{"models":null}""", "models")]
    [InlineData("""{"model_mapping":null}""", "model_mapping")]
    [InlineData("""{"enabled":null}""", "enabled")]
    [InlineData("""{"options":null}""", "options")]
    [InlineData("""{"credentials":null}""", "credentials")]
    [InlineData("""{"platform":"openai"}""", "platform")]
    [InlineData("""{"platform":"claude"}""", "platform")]
    [InlineData("""{"id":1}""", "id")]
    [InlineData("""{"status":"active"}""", "status")]
    [InlineData("""{"cooldowns":[]}""", "cooldowns")]
    [InlineData("""{"status_reason":null}""", "status_reason")]
    [InlineData("""{"credentials_hint":"x"}""", "credentials_hint")]
    [InlineData("""{"updated_at":"2026-01-01T00:00:00Z"}""", "updated_at")]
    [InlineData("""{"if_match":"x"}""", "if_match")]
    [InlineData("""{"owner_id":1}""", "owner_id")]
    [InlineData("""{"weight":0}""", "weight")]
    [InlineData("""{"max_concurrency":0}""", "max_concurrency")]
    [InlineData("""{"daily_budget_usd":-1}""", "daily_budget_usd")]
    [InlineData("""{"models":["a\r\nb"]}""", "models")]
    [InlineData("""{"options":{"profile":"mars"}}""", "options.profile")]
    [InlineData("""{"options":{"unknown":1}}""", "options.unknown")]
    [InlineData("""{"credentials":{"api_key":""}}""", "credentials.api_key")]
    [InlineData("""{"base_url":"https://169.254.169.254","credentials":{"api_key":"k"}}""", "base_url")]
    public async Task A_member_that_cannot_be_is_refused_by_name(string json, string field)
    {
        var account = await gateway.Admin.CreateAccountAsync();

        using var response = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), json);

        (await response.RefusedFieldsAsync()).Keys.ShouldBe([field]);
        (await gateway.Admin.GetDataAsync(account.Of())).GetRawText().ShouldBe(account.GetRawText());
    }

    [Fact]
    public async Task Credentials_are_replaced_whole_and_count_as_a_new_version()
    {
        var account = await gateway.Admin.CreateAccountAsync(new
        {
            platform = "bedrock",
            credentials = new { region = "us-east-1", access_key_id = "AKIAIOSFODNN7EXAMPLE", secret_access_key = "s" },
        });

        var changed = await gateway.Admin.PutDataAsync(account.Of(), new { credentials = new { region = "eu-west-1", api_key = "ABSK0123456789-0123456789" } });
        using var half = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), """{"credentials":{"api_key":"ABSK0123456789-0123456789"}}""");

        account.Text("credentials_hint").ShouldBe("AKI…MPLE, us-east-1");
        changed.Text("credentials_hint").ShouldBe("ABS…6789, eu-west-1");
        (await half.RefusedFieldsAsync()).Keys.ShouldBe(["credentials.region"]);
        gateway.Server.Sql($"SELECT credential_version FROM accounts WHERE id = {account.GetProperty("id")}").ShouldBe(2L);
    }

    [Fact]
    public async Task New_credentials_clear_the_marks_of_the_old_ones()
    {
        var account = await gateway.Admin.CreateAccountAsync();
        gateway.Server.Sql($"UPDATE accounts SET status_reason = 'needs_login', last_error = 'invalid_grant' WHERE id = {account.GetProperty("id")}");

        var changed = await gateway.Admin.PutDataAsync(account.Of(), new { credentials = new { api_key = "sk-new-0123456789-wxyz" } });

        changed.Text("status").ShouldBe("active");
        changed.Text("last_error").ShouldBeNull();
        changed.Text("credentials_hint").ShouldBe("sk-…wxyz");
    }

    [Theory]
    [InlineData("""{"base_url":"https://93.184.216.35/v1"}""", "base_url")]
    [InlineData("""{"base_url":"http://127.0.0.1:8000"}""", "base_url")]
    [InlineData("""{"base_url":null}""", "base_url")]
    [InlineData("""{"proxy_url":"http://user:secret@127.0.0.2:3128"}""", "proxy_url")]
    public async Task Another_host_needs_the_credentials_in_the_same_call(string json, string field)
    {
        var account = await gateway.Admin.CreateAccountAsync(new { base_url = "https://93.184.216.34/v1", proxy_url = "http://user:secret@127.0.0.1:3128" });

        using var refused = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), json);
        using var accepted = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), $$"""{"credentials":{"api_key":"k"},{{json[1..]}}""");

        (await refused.RefusedFieldsAsync())[field].ShouldContain("'credentials'");
        await accepted.DataAsync();
    }

    [Theory]
    [InlineData("""{"base_url":"https://93.184.216.34/other/path"}""")]
    [InlineData("""{"base_url":"https://93.184.216.34:8443/v1"}""")]
    [InlineData("""{"base_url":"https://93.184.216.34/exact#"}""")]
    [InlineData("""{"proxy_url":"socks5://other:password@127.0.0.1:1080"}""")]
    [InlineData("""{"proxy_url":null}""")]
    public async Task The_same_host_may_be_written_otherwise_without_them(string json)
    {
        var account = await gateway.Admin.CreateAccountAsync(new { base_url = "https://93.184.216.34/v1", proxy_url = "http://user:secret@127.0.0.1:3128" });

        using var response = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), json);

        await response.DataAsync();
    }

    [Fact]
    public async Task A_first_proxy_is_another_host_too()
    {
        var account = await gateway.Admin.CreateAccountAsync();

        using var response = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), """{"proxy_url":"http://127.0.0.1:3128"}""");

        (await response.RefusedFieldsAsync()).Keys.ShouldBe(["proxy_url"]);
    }

    [Fact]
    public async Task Naming_the_platform_s_own_host_changes_no_host()
    {
        var account = await gateway.Admin.CreateAccountAsync(new { platform = "bedrock", credentials = new { region = "us-east-1", api_key = "k" } });

        using var same = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), """{"base_url":"https://bedrock-runtime.us-east-1.amazonaws.com/"}""");
        using var other = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), """{"base_url":"https://bedrock-runtime.us-west-2.amazonaws.com/"}""");

        await same.DataAsync();
        (await other.RefusedFieldsAsync()).Keys.ShouldBe(["base_url"]);
    }

    [Fact]
    public async Task The_covered_form_of_a_proxy_changes_nothing()
    {
        var account = await gateway.Admin.CreateAccountAsync(new { proxy_url = "http://user:secret@127.0.0.1:3128" });
        var query = $"SELECT proxy_url_encrypted FROM accounts WHERE id = {account.GetProperty("id")}";
        var before = gateway.Server.Sql(query);

        var changed = await gateway.Admin.PutDataAsync(account.Of(), new { proxy_url = account.Text("proxy_url"), priority = 7 });
        using var other = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), """{"proxy_url":"http://other:***@127.0.0.1:3128"}""");

        changed.Text("proxy_url").ShouldBe("http://user:***@127.0.0.1:3128");
        gateway.Server.Sql(query).ShouldBe(before);
        (await other.RefusedFieldsAsync()).Keys.ShouldBe(["proxy_url"]);
    }

    [Fact]
    public async Task A_condition_holds_only_for_what_was_read()
    {
        var account = await gateway.Admin.CreateAccountAsync();
        var first = $"\"{account.Text("updated_at")}\"";

        using var fresh = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), """{"priority":1}""", first);
        using var stale = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), """{"priority":2}""", first);
        using var nonsense = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), """{"priority":3}""", "\"yesterday\"");
        using var any = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), """{"priority":4}""", "*");

        (await fresh.DataAsync()).GetProperty("priority").GetInt32().ShouldBe(1);
        (await stale.ErrorAsync(409)).Text("error").ShouldBe("stale");
        (await nonsense.ErrorAsync(409)).Text("error").ShouldBe("stale");
        (await any.DataAsync()).GetProperty("priority").GetInt32().ShouldBe(4);
    }

    [Fact]
    public async Task Of_several_who_change_the_same_version_at_once_one_wins()
    {
        var account = await gateway.Admin.CreateAccountAsync();
        var version = $"\"{account.Text("updated_at")}\"";

        var responses = await Task.WhenAll(Enumerable.Range(1, 8).Select(
            priority => gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), $$"""{"priority":{{priority}}}""", version)));

        responses.Count(response => (int)response.StatusCode == 200).ShouldBe(1);
        responses.Count(response => (int)response.StatusCode == 409).ShouldBe(7);
    }

    [Fact]
    public async Task Without_a_condition_all_of_them_win_one_after_the_other()
    {
        var account = await gateway.Admin.CreateAccountAsync();

        var responses = await Task.WhenAll(
            gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), """{"priority":7}"""),
            gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), """{"weight":8}"""),
            gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), """{"group":"g"}"""),
            gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), """{"credentials":{"api_key":"sk-new-0123456789-wxyz"}}"""));

        responses.ShouldAllBe(response => (int)response.StatusCode == 200);
        var changed = await gateway.Admin.GetDataAsync(account.Of());
        changed.GetProperty("priority").GetInt32().ShouldBe(7);
        changed.GetProperty("weight").GetInt32().ShouldBe(8);
        changed.Text("group").ShouldBe("g");
        changed.Text("credentials_hint").ShouldBe("sk-…wxyz");
    }

    [Fact]
    public async Task Every_change_has_a_later_time()
    {
        var account = await gateway.Admin.CreateAccountAsync();

        var changed = await gateway.Admin.PutDataAsync(account.Of(), new { });

        changed.GetProperty("updated_at").GetDateTime().ShouldBeGreaterThan(account.GetProperty("updated_at").GetDateTime());
        changed.Text("created_at").ShouldBe(account.Text("created_at"));
    }

    [Fact]
    public async Task A_name_in_use_is_a_conflict_and_the_own_name_is_not()
    {
        var other = await gateway.Admin.CreateAccountAsync();
        var account = await gateway.Admin.CreateAccountAsync();

        using var taken = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), JsonSerializer.Serialize(new { name = other.Text("name") }));
        using var own = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), JsonSerializer.Serialize(new { name = account.Text("name") }));

        await taken.ErrorAsync(409);
        await own.DataAsync();
    }

    [Fact]
    public async Task Azure_cannot_lose_its_address()
    {
        var account = await gateway.Admin.CreateAccountAsync(new { platform = "azure", base_url = "https://93.184.216.34" });

        using var response = await gateway.Admin.SendRawAsync(HttpMethod.Put, account.Of(), """{"base_url":null,"credentials":{"api_key":"k"}}""");

        (await response.RefusedFieldsAsync()).Keys.ShouldBe(["base_url"]);
    }
}
