using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Accounts;

public sealed class CreateAccountTests(EmbeddedGateway gateway)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_not_given_has_its_default()
    {
        var account = await gateway.Admin.PostDataAsync(
            Accounts.Path, new { name = Accounts.NewName(), platform = "claude", credentials = new { api_key = "sk-ant-0123456789-abcd" } });
        await gateway.Admin.DeleteAsync(account.Of(), Cancel);

        account.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Null).Select(member => member.Name).ShouldBe(
            ["base_url", "max_concurrency", "requests_per_minute", "tokens_per_minute", "daily_budget_usd", "group", "proxy_url", "status_reason", "available_at",
                "last_used_at", "last_error", "token_expires_at"]);
        account.GetProperty("priority").GetInt32().ShouldBe(50);
        account.GetProperty("weight").GetInt32().ShouldBe(1);
        account.GetProperty("enabled").GetBoolean().ShouldBeTrue();
        account.GetProperty("models").GetArrayLength().ShouldBe(0);
        account.GetProperty("model_mapping").EnumerateObject().ShouldBeEmpty();
        account.GetProperty("cooldowns").GetArrayLength().ShouldBe(0);
        account.GetProperty("in_flight").GetInt32().ShouldBe(0);
        account.Text("status").ShouldBe("active");
        account.Text("credentials_hint").ShouldBe("sk-…abcd");
        account.Text("created_at").ShouldBe(account.Text("updated_at"));
    }

    [Fact]
    public async Task Everything_that_is_given_comes_back_except_secrets()
    {
        var name = Accounts.NewName();
        var created = await gateway.Admin.CreateAccountAsync(new
        {
            name,
            base_url = "https://93.184.216.34/prefix/v1/",
            priority = 0,
            weight = 1000,
            max_concurrency = 1,
            requests_per_minute = 2,
            tokens_per_minute = 3_000_000_000,
            daily_budget_usd = 12.000000001m,
            models = new[] { "模型/one", "two" },
            model_mapping = new Dictionary<string, string> { ["Requested_Name"] = "upstream/Name" },
            group = "gold",
            proxy_url = "socks5://us%40er:p%40ss@127.0.0.1:1080",
            enabled = false,
            options = new { profile = "eu", token_encoding = "form", chat_upstream = "responses", capabilities = new Dictionary<string, object> { ["gpt-*"] = new { structured_output = true } } },
        });

        var read = await gateway.Admin.GetDataAsync(created.Of());

        read.GetRawText().ShouldBe(created.GetRawText());
        read.Text("name").ShouldBe(name);
        read.Text("base_url").ShouldBe("https://93.184.216.34/prefix/v1/");
        read.GetProperty("tokens_per_minute").GetInt64().ShouldBe(3_000_000_000);
        read.GetProperty("daily_budget_usd").GetDecimal().ShouldBe(12.000000001m);
        read.GetProperty("models").EnumerateArray().Select(model => model.GetString()).ShouldBe(["模型/one", "two"]);
        read.GetProperty("model_mapping").Text("Requested_Name").ShouldBe("upstream/Name");
        read.Text("proxy_url").ShouldBe("socks5://us%40er:***@127.0.0.1:1080");
        read.Text("status").ShouldBe("disabled");
        read.GetProperty("options").Text("profile").ShouldBe("eu");
        read.GetProperty("options").GetProperty("capabilities").GetProperty("gpt-*").GetProperty("structured_output").GetBoolean().ShouldBeTrue();
        read.TryGetProperty("credentials", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("claude", """{"api_key":"sk-ant-0123456789-abcd"}""", null)]
    [InlineData("claude_ccr", """{"access_token":"at","refresh_token":"rt-0123456789-0123456789","expires_at":"2026-11-23T08:00:00+01:00"}""", null)]
    [InlineData("claude_ccr", """{"access_token":"at","refresh_token":"rt","expires_at":"2026-11-23T08:00:00Z","token_url":"https://93.184.216.34/token","client_id":"c"}""", null)]
    [InlineData("openai", """{"api_key":"sk-1","organization":"org-1","project":"proj_1"}""", "http://127.0.0.1:11434/v1")]
    [InlineData("azure", """{"api_key":"k","api_version":"2024-10-21"}""", "https://93.184.216.34")]
    [InlineData("azure", """{"tenant_id":"t","client_id":"c","client_secret":"s"}""", "https://93.184.216.34")]
    [InlineData("gemini", """{"api_key":"AIza"}""", null)]
    [InlineData("bedrock", """{"region":"us-east-1","access_key_id":"AKIA","secret_access_key":"s","session_token":"t"}""", null)]
    [InlineData("bedrock", """{"region":"us-east-1","api_key":"k"}""", null)]
    public async Task Each_platform_takes_its_kinds_of_credentials(string platform, string credentials, string? baseUrl)
    {
        var account = await gateway.Admin.CreateAccountAsync(new { platform, credentials = JsonSerializer.Deserialize<JsonElement>(credentials), base_url = baseUrl });

        account.Text("platform").ShouldBe(platform);
        account.Text("credentials_hint").ShouldNotBeNullOrEmpty();
        (account.Text("token_expires_at") is null).ShouldBe(platform != "claude_ccr");
    }

    [Fact]
    public async Task An_access_token_s_end_is_known()
    {
        var account = await gateway.Admin.CreateAccountAsync(
            new { platform = "claude_ccr", credentials = new { access_token = "at", refresh_token = "rt", expires_at = "2026-11-23T08:00:00+01:00" } });

        account.Text("token_expires_at").ShouldBe("2026-11-23T07:00:00Z");
    }

    [Theory]
    [InlineData("""{"name":null}""", "name")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":" "}""", "name")]
    [InlineData("""{"name":"a\nb"}""", "name")]
    [InlineData("""{"name":"\ud800"}""", "name")]
    [InlineData("""{"name":17}""", "name")]
    [InlineData("""{"platform":null}""", "platform")]
    [InlineData("""{"platform":"vertex"}""", "platform")]
    [InlineData("""{"platform":"OpenAI"}""", "platform")]
    [InlineData("""{"credentials":null}""", "credentials")]
    [InlineData("""{"credentials":"sk-1"}""", "credentials")]
    [InlineData("""{"credentials":[]}""", "credentials")]
    [InlineData("""{"credentials":{}}""", "credentials.api_key")]
    [InlineData("""{"credentials":{"api_key":"\ud800"}}""", "credentials.api_key")]
    [InlineData("""{"credentials":{"api_key":"a\r\nb"}}""", "credentials.api_key")]
    [InlineData("""{"credentials":{"api_key":"a","base_url":"https://93.184.216.34"}}""", "credentials.base_url")]
    [InlineData("""{"base_url":""}""", "base_url")]
    [InlineData("""{"base_url":5}""", "base_url")]
    [InlineData("""{"priority":-1}""", "priority")]
    [InlineData("""{"priority":1000001}""", "priority")]
    [InlineData("""{"priority":1.5}""", "priority")]
    [InlineData("""{"priority":"50"}""", "priority")]
    [InlineData("""{"priority":null}""", "priority")]
    [InlineData("""{"weight":0}""", "weight")]
    [InlineData("""{"weight":1001}""", "weight")]
    [InlineData("""{"weight":99999999999}""", "weight")]
    [InlineData("""{"max_concurrency":0}""", "max_concurrency")]
    [InlineData("""{"max_concurrency":-5}""", "max_concurrency")]
    [InlineData("""{"requests_per_minute":0}""", "requests_per_minute")]
    [InlineData("""{"tokens_per_minute":0}""", "tokens_per_minute")]
    [InlineData("""{"tokens_per_minute":9223372036854775807}""", "tokens_per_minute")]
    [InlineData("""{"tokens_per_minute":1e400}""", "tokens_per_minute")]
    [InlineData("""{"daily_budget_usd":-0.01}""", "daily_budget_usd")]
    [InlineData("""{"daily_budget_usd":9000001}""", "daily_budget_usd")]
    [InlineData("""{"daily_budget_usd":0.0000000001}""", "daily_budget_usd")]
    [InlineData("""{"daily_budget_usd":1e400}""", "daily_budget_usd")]
    [InlineData("""{"daily_budget_usd":"NaN"}""", "daily_budget_usd")]
    [InlineData("""{"models":"gpt"}""", "models")]
    [InlineData("""{"models":[null]}""", "models")]
    [InlineData("""{"models":[""]}""", "models")]
    [InlineData("""{"models":["gpt\r\nx-evil: 1"]}""", "models")]
    [InlineData("""{"model_mapping":{"a":null}}""", "model_mapping")]
    [InlineData("""{"model_mapping":{"a":"b\r\nx-evil: 1"}}""", "model_mapping")]
    [InlineData("""{"model_mapping":{"a\u0000":"b"}}""", "model_mapping")]
    [InlineData("""{"model_mapping":{"a":"b","a":"c"}}""", "model_mapping.a")]
    [InlineData("""{"group":""}""", "group")]
    [InlineData("""{"group":"a\tb"}""", "group")]
    [InlineData("""{"group":"12345678901234567890123456789012345678901234567890123456789012345"}""", "group")]
    [InlineData("""{"proxy_url":"ftp://127.0.0.1"}""", "proxy_url")]
    [InlineData("""{"proxy_url":"http://user:***@127.0.0.1:3128"}""", "proxy_url")]
    [InlineData("""{"enabled":"yes"}""", "enabled")]
    [InlineData("""{"enabled":null}""", "enabled")]
    [InlineData("""{"options":{"profile":"mars"}}""", "options.profile")]
    [InlineData("""{"options":{"token_encoding":"xml"}}""", "options.token_encoding")]
    [InlineData("""{"options":{"chat_upstream":""}}""", "options.chat_upstream")]
    [InlineData("""{"options":{"capabilities":{"a":1}}}""", "options.capabilities")]
    [InlineData("""{"options":{"capabilities":{"a":{"can_fly":true}}}}""", "options.capabilities")]
    [InlineData("""{"options":{"capabilities":{"a":{"prefill":"yes"}}}}""", "options.capabilities")]
    [InlineData("""{"options":{"capabilities":{"a":{"b":"\ud800"}}}}""", "options.capabilities")]
    [InlineData("""{"options":{"endpoint":"https://93.184.216.34"}}""", "options.endpoint")]
    [InlineData("""{"id":7}""", "id")]
    [InlineData("""{"status":"active"}""", "status")]
    [InlineData("""{"in_flight":-1}""", "in_flight")]
    [InlineData("""{"created_at":"2026-01-01T00:00:00Z"}""", "created_at")]
    [InlineData("""{"role":"admin"}""", "role")]
    [InlineData("""{"api_base":"https://93.184.216.34"}""", "api_base")]
    [InlineData("""{"command":"/bin/sh"}""", "command")]
    public async Task B01_B09_B20_B22_B23_B26_A_member_that_cannot_be_is_refused_by_name(string json, string field)
    {
        // The bad member, as it is written, stands last in an otherwise good body.
        var good = new Dictionary<string, string> { ["name"] = $"\"{Accounts.NewName()}\"", ["platform"] = "\"openai\"", ["credentials"] = """{"api_key":"k"}""" };
        good.Remove(json.Split('"')[1]);
        var body = "{" + string.Concat(good.Select(member => $"\"{member.Key}\":{member.Value},")) + json[1..];

        using var response = await gateway.Admin.SendRawAsync(HttpMethod.Post, Accounts.Path, body);

        (await response.RefusedFieldsAsync()).Keys.ShouldBe([field]);
    }

    [Theory]
    [InlineData("http://93.184.216.34", "base_url")]
    [InlineData("https://93.184.216.34:6379", "base_url")]
    [InlineData("https://10.0.0.1", "base_url")]
    [InlineData("https://127.1", "base_url")]
    [InlineData("https://0x7f000001", "base_url")]
    [InlineData("https://[::ffff:127.0.0.1]", "base_url")]
    [InlineData("https://169.254.169.254/latest", "base_url")]
    [InlineData("https://metadata.google.internal", "base_url")]
    [InlineData("https://good.example@93.184.216.34", "base_url")]
    [InlineData("file:///etc/passwd", "base_url")]
    [InlineData("gopher://93.184.216.34", "base_url")]
    [InlineData("http://10.0.0.1:3128", "proxy_url")]
    [InlineData("http://169.254.169.254", "proxy_url")]
    public async Task An_address_that_the_policy_forbids_is_not_saved(string url, string field)
    {
        using var response = await gateway.Admin.PostAccountAsync(new Dictionary<string, string> { [field] = url });

        (await response.RefusedFieldsAsync()).Keys.ShouldBe([field]);
    }

    [Fact]
    public async Task An_address_inside_credentials_lies_under_the_policy_too()
    {
        using var response = await gateway.Admin.PostAccountAsync(new
        {
            platform = "claude_ccr",
            credentials = new { access_token = "a", refresh_token = "r", expires_at = "2026-11-23T08:00:00Z", token_url = "https://192.168.1.1/token" },
        });

        (await response.RefusedFieldsAsync()).Keys.ShouldBe(["credentials.token_url"]);
    }

    [Fact]
    public async Task Azure_must_name_its_address()
    {
        using var response = await gateway.Admin.PostAccountAsync(new { platform = "azure" });

        (await response.RefusedFieldsAsync()).Keys.ShouldBe(["base_url"]);
    }

    [Fact]
    public async Task The_credentials_of_the_machine_need_a_setting_and_the_refusal_names_it()
    {
        using var response = await gateway.Admin.PostAccountAsync(new { platform = "bedrock", credentials = new { region = "us-east-1" } });

        (await response.RefusedFieldsAsync())["credentials"].ShouldContain("Bedrock:AllowAmbientCredentials=true");
    }

    [Fact]
    public async Task At_most_a_thousand_models_are_taken()
    {
        var models = Enumerable.Range(0, 1000).Select(i => $"model-{i}").ToList();
        (await gateway.Admin.CreateAccountAsync(new { models })).GetProperty("models").GetArrayLength().ShouldBe(1000);

        using var response = await gateway.Admin.PostAccountAsync(new { models = models.Append("one more") });

        (await response.RefusedFieldsAsync()).Keys.ShouldBe(["models"]);
    }

    [Fact]
    public async Task A_second_account_of_the_same_name_is_a_conflict()
    {
        var name = Accounts.NewName();
        await gateway.Admin.CreateAccountAsync(new { name });

        using var response = await gateway.Admin.PostAccountAsync(new { name, platform = "gemini" });

        (await response.ErrorAsync(409)).Text("message").ShouldNotBeNull().ShouldContain(name);
    }

    [Fact]
    public async Task A_budget_of_zero_is_no_budget()
    {
        var account = await gateway.Admin.CreateAccountAsync(new { daily_budget_usd = 0 });

        account.GetProperty("daily_budget_usd").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("GET", "/api/admin/platforms")]
    [InlineData("GET", "/api/admin/accounts")]
    [InlineData("POST", "/api/admin/accounts")]
    [InlineData("GET", "/api/admin/accounts/1")]
    [InlineData("PUT", "/api/admin/accounts/1")]
    [InlineData("DELETE", "/api/admin/accounts/1")]
    [InlineData("POST", "/api/admin/accounts/1/recover")]
    public async Task Only_administrators_deal_with_accounts_and_platforms(string method, string path)
    {
        using var nobody = gateway.Server.CreateClient();
        using var person = await gateway.Admin.CreatePersonAsync();

        using var unknown = await nobody.SendRawAsync(new HttpMethod(method), path, "{}");
        using var known = await person.Client.SendRawAsync(new HttpMethod(method), path, "{}");

        await unknown.ErrorAsync(401);
        await known.ErrorAsync(403);
    }
}
