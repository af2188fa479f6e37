using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;
using Microsoft.AspNetCore.WebUtilities;
using Simulator;

namespace Gateway.Tests.Features.Accounts;

/// <summary>Log-in with a code and PKCE: begun here, agreed to at the simulator, ended here.</summary>
public sealed class OAuthLoginTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string AuthorizePath = Accounts.Path + "/oauth/authorize-url";
    private const string ExchangePath = Accounts.Path + "/oauth/exchange";
    private const string Redirect = "http://localhost:54321/callback?from=gateway";

    private readonly SimulatedAccount _upstream = simulator.Server.NewAccount(CredentialPrefix.ClaudeOAuth);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_log_in_makes_an_account_that_renews_its_tokens()
    {
        var begun = await BeginAsync();
        var callback = await AgreeAsync(begun);

        var account = await gateway.Admin.PostDataAsync(ExchangePath, new { state = begun.Text("state"), callback_url = callback, name = Accounts.NewName() });
        var renewed = await gateway.Admin.PostDataAsync($"{account.Of()}/refresh-token", new { });

        account.Text("platform").ShouldBe("claude_ccr");
        account.Text("status").ShouldBe("active");
        account.GetProperty("token_expires_at").GetDateTime().ShouldBeGreaterThan(DateTime.UtcNow.AddHours(7));
        renewed.GetProperty("id").GetInt64().ShouldBe(account.GetProperty("id").GetInt64());
        _upstream.Refusals.ShouldBeEmpty();
        _upstream.Tokens.Issued.ShouldBe(2);
        var exchange = _upstream.Requests[1];
        exchange.Json.GetProperty("grant_type").GetString().ShouldBe("authorization_code");
        exchange.Json.GetProperty("redirect_uri").GetString().ShouldBe(Redirect);
        exchange.Header("user-agent")!.ShouldStartWith("Gateway/");
        _upstream.Requests[2].Json.GetProperty("client_id").GetString().ShouldBe(_upstream.Tokens.ClientId);
        gateway.Server.Output.ShouldNotContain(exchange.Json.GetProperty("code_verifier").GetString()!);
        gateway.Server.Output.ShouldNotContain(_upstream.Credential);
    }

    [Fact]
    public async Task The_address_carries_what_the_standards_ask_for()
    {
        var begun = await BeginAsync(new { scope = "user:inference user:profile", authorize_url = "https://login.example/authorize?code=true" });

        var url = new Uri(begun.Text("url")!);
        url.GetLeftPart(UriPartial.Path).ShouldBe("https://login.example/authorize");
        var query = QueryHelpers.ParseQuery(url.Query);
        query["code"].ToString().ShouldBe("true");
        query["response_type"].ToString().ShouldBe("code");
        query["client_id"].ToString().ShouldBe(_upstream.Tokens.ClientId);
        query["redirect_uri"].ToString().ShouldBe(Redirect);
        query["scope"].ToString().ShouldBe("user:inference user:profile");
        query["state"].ToString().ShouldBe(begun.Text("state"));
        query["code_challenge_method"].ToString().ShouldBe("S256");
        query["code_challenge"].ToString().Length.ShouldBe(43);
        begun.GetProperty("expires_at").GetDateTime().ShouldBeInRange(DateTime.UtcNow.AddMinutes(9), DateTime.UtcNow.AddMinutes(10));
    }

    [Fact]
    public async Task A_log_in_for_an_account_replaces_its_credentials_and_clears_its_mark()
    {
        var tenant = await Tenant.ClaudeCcrAsync(gateway.Admin, simulator.Server);
        gateway.Server.Sql($"UPDATE accounts SET status_reason = 'needs_login', last_error = 'invalid_grant' WHERE id = {tenant.AccountId}");
        var begun = await BeginAsync(new { account_id = tenant.AccountId });
        var callback = await AgreeAsync(begun);
        var code = QueryHelpers.ParseQuery(new Uri(callback).Query)["code"].ToString();

        var account = await gateway.Admin.PostDataAsync(ExchangePath, new { state = begun.Text("state"), code });

        account.GetProperty("id").GetInt64().ShouldBe(tenant.AccountId);
        account.Text("status").ShouldBe("active");
        account.Text("last_error").ShouldBeNull();
        (await tenant.AskAsync(gateway.Server)).ShouldBe(HttpStatusCode.OK);
        _upstream.Requests[^1].Bearer().ShouldBe($"{_upstream.Credential}.1");
    }

    [Fact]
    public async Task A_state_is_good_for_one_exchange_by_whoever_began_it()
    {
        var begun = await BeginAsync();
        var callback = await AgreeAsync(begun);
        var body = new { state = begun.Text("state"), callback_url = callback };
        using (var other = await gateway.Admin.CreatePersonAsync(role: "admin"))
        {
            var foreign = await BeginAsync();
            using var stolen = await other.Client.PostAsJsonAsync(ExchangePath, new { state = foreign.Text("state"), code = "x" }, Cancel);
            (await stolen.RefusedFieldsAsync()).Keys.ShouldBe(["state"]);
        }

        await gateway.Admin.PostDataAsync(ExchangePath, body);
        using var again = await gateway.Admin.PostAsJsonAsync(ExchangePath, body, Cancel);

        (await again.RefusedFieldsAsync()).Keys.ShouldBe(["state"]);
        _upstream.Tokens.Issued.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_wrong_with_the_callback_does_not_use_up_the_log_in()
    {
        var begun = await BeginAsync();
        var callback = await AgreeAsync(begun);
        foreach (var wrong in (string[])["http://localhost/?error=access_denied&state=", "http://localhost/?code=x&state=other", "http://localhost/"])
        {
            using var refused = await gateway.Admin.PostAsJsonAsync(ExchangePath, new { state = begun.Text("state"), callback_url = wrong }, Cancel);
            (await refused.RefusedFieldsAsync()).Keys.ShouldBe(["callback_url"]);
        }

        var taken = Accounts.NewName();
        await gateway.Admin.CreateAccountAsync(new { name = taken });
        using (var conflict = await gateway.Admin.PostAsJsonAsync(ExchangePath, new { state = begun.Text("state"), callback_url = callback, name = taken }, Cancel))
        {
            await conflict.ErrorAsync(409);
        }

        await gateway.Admin.PostDataAsync(ExchangePath, new { state = begun.Text("state"), callback_url = callback });
    }

    [Fact]
    public async Task A_code_that_the_provider_refuses_or_that_brings_no_refresh_token_makes_no_account()
    {
        var refused = await BeginAsync();
        await AgreeAsync(refused);
        using var wrong = await gateway.Admin.PostAsJsonAsync(ExchangePath, new { state = refused.Text("state"), code = $"code-{_upstream.Credential}.7" }, Cancel);
        var poor = await BeginAsync();
        _upstream.Enqueue(ScriptedAnswer.Verbatim("""{"access_token":"sim-oauth-only"}""").For(OAuthAccounts.TokenPath));
        using var half = await gateway.Admin.PostAsJsonAsync(ExchangePath, new { state = poor.Text("state"), callback_url = await AgreeAsync(poor) }, Cancel);
        var down = await BeginAsync();
        _upstream.Enqueue(ScriptedAnswer.Error(503).For(OAuthAccounts.TokenPath));
        using var away = await gateway.Admin.PostAsJsonAsync(ExchangePath, new { state = down.Text("state"), callback_url = await AgreeAsync(down) }, Cancel);

        var error = await wrong.ErrorAsync(400);
        error.GetProperty("error").GetString().ShouldBe("login_refused");
        error.GetProperty("message").GetString()!.ShouldContain("invalid_grant");
        (await half.ErrorAsync(400)).GetProperty("message").GetString()!.ShouldContain("refresh token");
        await away.ErrorAsync(503);
    }

    [Theory]
    [InlineData("{\"platform\":\"openai\"}", "platform")]
    [InlineData("{\"platform\":\"nothing\"}", "platform")]
    [InlineData("{\"client_id\":null}", "client_id")]
    [InlineData("{\"client_id\":\"a b\"}", "client_id")]
    [InlineData("{\"authorize_url\":null}", "authorize_url")]
    [InlineData("{\"authorize_url\":\"http://login.example/\"}", "authorize_url")]
    [InlineData("{\"authorize_url\":\"javascript:alert(1)\"}", "authorize_url")]
    [InlineData("{\"redirect_uri\":null}", "redirect_uri")]
    [InlineData("{\"redirect_uri\":\"/callback\"}", "redirect_uri")]
    [InlineData("{\"redirect_uri\":\"https://a.example/#b\"}", "redirect_uri")]
    [InlineData("{\"scope\":\"\"}", "scope")]
    [InlineData("{\"token_url\":\"http://93.184.216.34/token\"}", "token_url")]
    [InlineData("{\"token_url\":\"https://169.254.169.254/token\"}", "token_url")]
    [InlineData("{\"token_url\":\"https://10.1.2.3/token\"}", "token_url")]
    [InlineData("{\"proxy_url\":\"http://169.254.169.254:3128\"}", "proxy_url")]
    public async Task What_cannot_work_is_refused_before_a_browser_is_opened(string change, string field)
    {
        var body = Body();
        foreach (var member in JsonElement.Parse(change).EnumerateObject())
        {
            body[member.Name] = member.Value;
        }

        using var response = await gateway.Admin.PostAsJsonAsync(AuthorizePath, body, Cancel);

        (await response.RefusedFieldsAsync()).Keys.ShouldBe([field]);
    }

    [Fact]
    public async Task Only_an_administrator_logs_in_for_the_gateway()
    {
        using var user = await gateway.Admin.CreatePersonAsync();

        using var begin = await user.Client.PostAsJsonAsync(AuthorizePath, Body(), Cancel);
        using var end = await user.Client.PostAsJsonAsync(ExchangePath, new { state = "x", code = "y" }, Cancel);
        using var refresh = await user.Client.PostAsJsonAsync(Accounts.Path + "/1/refresh-token", new { }, Cancel);

        await begin.ErrorAsync(403);
        await end.ErrorAsync(403);
        await refresh.ErrorAsync(403);
    }

    private Dictionary<string, object?> Body() => new()
    {
        ["platform"] = "claude_ccr",
        ["authorize_url"] = new Uri(simulator.Server.Url, "/oauth/authorize").ToString(),
        ["token_url"] = new Uri(simulator.Server.Url, OAuthAccounts.TokenPath).ToString(),
        ["client_id"] = _upstream.Tokens.ClientId,
        ["redirect_uri"] = Redirect,
    };

    private async Task<JsonElement> BeginAsync(object? more = null)
    {
        var body = Body();
        foreach (var member in JsonSerializer.SerializeToElement(more ?? new { }).EnumerateObject())
        {
            body[member.Name] = member.Value;
        }

        return await gateway.Admin.PostDataAsync(AuthorizePath, body);
    }

    /// <summary>What the operator's browser does.</summary>
    /// <returns>Where it is led back to.</returns>
    private static async Task<string> AgreeAsync(JsonElement begun)
    {
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var response = await browser.GetAsync(new Uri(begun.Text("url")!), Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.Found);
        return response.Headers.Location!.ToString();
    }
}
