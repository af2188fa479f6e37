using System.Net;
using System.Net.Http.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Tokens of OAuth accounts are renewed ahead of their end, at need, and when the platform does not take them.</summary>
public sealed class TokenRefreshTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private static readonly ScriptedAnswer Token = new() { Path = OAuthAccounts.TokenPath };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_that_has_ended_is_renewed_while_its_request_waits()
    {
        var tenant = await CreateAsync(endsInSeconds: -10);

        (await tenant.AskAsync(gateway.Server)).ShouldBe(HttpStatusCode.OK);
        (await tenant.AskAsync(gateway.Server)).ShouldBe(HttpStatusCode.OK);

        tenant.Upstream.Refusals.ShouldBeEmpty();
        tenant.TokenCalls().Count.ShouldBe(1);
        var renewed = $"{tenant.Upstream.Credential}.1";
        tenant.Bearers().ShouldBe([renewed, renewed]);

        // Requests go on as soon as the new tokens are on disk; the database follows.
        await Eventually.HoldsAsync(async () => (await tenant.AccountAsync(gateway.Admin)).GetProperty("token_expires_at").GetDateTime() > DateTime.UtcNow.AddHours(7));
        (await tenant.StatusAsync(gateway.Admin)).ShouldBe("active");
    }

    [Fact]
    public async Task AC_36_of_200_concurrent_requests_that_need_a_new_token_one_asks_for_it_and_none_fails()
    {
        var tenant = await CreateAsync(endsInSeconds: -10);
        var gate = new Gate();
        tenant.Upstream.Enqueue(Token.HoldHeaders(gate));

        var asked = Enumerable.Range(0, 200).Select(_ => tenant.AskAsync(gateway.Server)).ToList();
        await gate.WaitUntilReachedAsync(Cancel);
        gate.Open();

        (await Task.WhenAll(asked)).ShouldAllBe(status => status == HttpStatusCode.OK);
        tenant.TokenCalls().Count.ShouldBe(1);
        tenant.Upstream.Refusals.ShouldBeEmpty();
        tenant.Bearers().Count.ShouldBe(200);
        tenant.Bearers().ShouldAllBe(bearer => bearer == tenant.Upstream.Credential + ".1");
    }

    [Fact]
    public async Task AC_36_of_200_concurrent_requests_whose_token_the_platform_refuses_one_asks_for_another_and_none_fails()
    {
        var tenant = await CreateAsync(endsInSeconds: 3600);
        tenant.Upstream.Tokens.EndAccess();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => tenant.AskAsync(gateway.Server)));

        statuses.ShouldAllBe(status => status == HttpStatusCode.OK);
        tenant.TokenCalls().Count.ShouldBe(1);
        tenant.Upstream.Tokens.Issued.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_that_ends_soon_serves_while_it_is_renewed()
    {
        var tenant = await CreateAsync(endsInSeconds: 120);
        var gate = new Gate();
        tenant.Upstream.Enqueue(Token.HoldHeaders(gate));

        (await tenant.AskAsync(gateway.Server)).ShouldBe(HttpStatusCode.OK);
        await gate.WaitUntilReachedAsync(Cancel);
        (await tenant.AskAsync(gateway.Server)).ShouldBe(HttpStatusCode.OK);
        gate.Open();

        await Eventually.HoldsAsync(async () => await tenant.AskAsync(gateway.Server) == HttpStatusCode.OK && tenant.Bearers()[^1] == $"{tenant.Upstream.Credential}.1");
        tenant.Bearers().Take(2).ShouldBe([tenant.Upstream.Credential, tenant.Upstream.Credential]);
        tenant.TokenCalls().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_that_ends_soon_is_renewed_without_any_request()
    {
        await using var own = await GatewayServer.StartAsync();
        using var admin = await own.CreateAdminClientAsync();
        await admin.PutDataAsync("/api/admin/configs/tokens.refresh_interval", new { value = 1 });
        var tenant = await Tenant.ClaudeCcrAsync(admin, simulator.Server);
        await tenant.SetTokensAsync(admin, 240, new { token_encoding = "form" }, "the-client");

        await Eventually.HoldsAsync(async () => (await tenant.AccountAsync(admin)).GetProperty("token_expires_at").GetDateTime() > DateTime.UtcNow.AddHours(7));

        tenant.TokenCalls().Single().Text.ShouldContain("client_id=the-client");
        own.Output.ShouldNotContain("without a lock");
        (await tenant.AskAsync(own)).ShouldBe(HttpStatusCode.OK);
        tenant.Bearers().ShouldBe([$"{tenant.Upstream.Credential}.1"]);
    }

    [Fact]
    public async Task A_refused_token_is_renewed_once_and_the_request_sent_once_more()
    {
        var tenant = await CreateAsync(endsInSeconds: 3600);
        tenant.Upstream.Tokens.EndAccess();

        (await tenant.AskAsync(gateway.Server)).ShouldBe(HttpStatusCode.OK);

        tenant.TokenCalls().Count.ShouldBe(1);
        tenant.Bearers().ShouldBe([tenant.Upstream.Credential, $"{tenant.Upstream.Credential}.1"]);
    }

    [Fact]
    public async Task A_request_that_is_refused_with_the_new_token_too_goes_to_another_account()
    {
        var tenant = await CreateAsync(endsInSeconds: 3600);
        var (second, _) = await tenant.AddAccountAsync(simulator.Server, "claude", new { priority = 99 });
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(401), ScriptedAnswer.Error(401), ScriptedAnswer.Error(401));

        (await tenant.AskAsync(gateway.Server)).ShouldBe(HttpStatusCode.OK);
        (await tenant.StatusAsync(gateway.Admin)).ShouldBe("cooling_down");
        await gateway.Admin.PostDataAsync($"/api/admin/accounts/{tenant.AccountId}/recover", new { });
        (await tenant.AskAsync(gateway.Server)).ShouldBe(HttpStatusCode.OK);

        tenant.TokenCalls().Count.ShouldBe(1, "a token as good as new is not renewed again");
        tenant.Bearers().ShouldBe([tenant.Upstream.Credential, $"{tenant.Upstream.Credential}.1", $"{tenant.Upstream.Credential}.1"]);
        second.Requests.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    public async Task A_token_endpoint_that_fails_leaves_a_valid_token_in_use(int status)
    {
        var tenant = await CreateAsync(endsInSeconds: 20);
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(status).For(OAuthAccounts.TokenPath));

        (await tenant.AskAsync(gateway.Server)).ShouldBe(HttpStatusCode.OK);
        (await tenant.AskAsync(gateway.Server)).ShouldBe(HttpStatusCode.OK);

        tenant.TokenCalls().Count.ShouldBe(1, "nobody asks again at once");
        tenant.Bearers().ShouldBe([tenant.Upstream.Credential, tenant.Upstream.Credential]);
        (await tenant.StatusAsync(gateway.Admin)).ShouldBe("active");
    }

    [Fact]
    public async Task A_token_endpoint_that_fails_at_the_tokens_end_leaves_the_request_to_another_account()
    {
        var tenant = await CreateAsync(endsInSeconds: -10);
        var (second, _) = await tenant.AddAccountAsync(simulator.Server, "claude", new { priority = 99 });
        tenant.Upstream.Enqueue(ScriptedAnswer.Html(503).For(OAuthAccounts.TokenPath));

        (await tenant.AskAsync(gateway.Server)).ShouldBe(HttpStatusCode.OK);

        second.Requests.Count.ShouldBe(1);
        tenant.Bearers().ShouldBeEmpty();
        (await tenant.StatusAsync(gateway.Admin)).ShouldBe("active");
    }

    [Fact]
    public async Task A_refresh_token_that_is_refused_takes_the_account_out_of_use_until_there_are_new_credentials()
    {
        var tenant = await CreateAsync(endsInSeconds: -10);
        tenant.Upstream.Tokens.EndRefresh();

        (await tenant.AskAsync(gateway.Server)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        var marked = await tenant.AccountAsync(gateway.Admin);
        (await tenant.AskAsync(gateway.Server)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        using var refresh = await gateway.Admin.PostAsJsonAsync($"/api/admin/accounts/{tenant.AccountId}/refresh-token", new { }, Cancel);

        marked.GetProperty("status").GetString().ShouldBe("needs_login");
        marked.GetProperty("last_error").GetString()!.ShouldContain("invalid_grant");
        (await refresh.ErrorAsync(409)).GetProperty("error").GetString().ShouldBe("token_refused");
        tenant.Upstream.Requests.Count.ShouldBe(1, "a dead token is sent nowhere again");

        marked.GetProperty("cooldowns").GetArrayLength().ShouldBe(0, "a pause would outlive new credentials");

        await tenant.SetTokensAsync(gateway.Admin, 3600);
        (await tenant.StatusAsync(gateway.Admin)).ShouldBe("active");
        (await tenant.AskAsync(gateway.Server)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_client_that_the_provider_refuses_is_the_operators_business()
    {
        var tenant = await CreateAsync(endsInSeconds: -10);
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(401, code: "invalid_client").For(OAuthAccounts.TokenPath));

        (await tenant.AskAsync(gateway.Server)).ShouldBe(HttpStatusCode.ServiceUnavailable);

        var account = await tenant.AccountAsync(gateway.Admin);
        account.GetProperty("status").GetString().ShouldBe("error");
        account.GetProperty("status_reason").GetString()!.ShouldContain("client_id");
        account.GetProperty("last_error").GetString()!.ShouldContain("invalid_client");
    }

    [Fact]
    public async Task An_operator_renews_a_token_at_once_and_that_clears_the_mark()
    {
        var tenant = await CreateAsync(endsInSeconds: -10);
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(401, code: "unauthorized_client").For(OAuthAccounts.TokenPath));
        await tenant.AskAsync(gateway.Server);
        (await tenant.StatusAsync(gateway.Admin)).ShouldBe("error");
        await tenant.SetTokensAsync(gateway.Admin, 3600);

        var renewed = await gateway.Admin.PostDataAsync($"/api/admin/accounts/{tenant.AccountId}/refresh-token", new { });

        renewed.GetProperty("status").GetString().ShouldBe("active");
        renewed.GetProperty("token_expires_at").GetDateTime().ShouldBeGreaterThan(DateTime.UtcNow.AddHours(7));
        tenant.Upstream.Tokens.Issued.ShouldBe(1);
        (await tenant.AskAsync(gateway.Server)).ShouldBe(HttpStatusCode.OK);
        tenant.Bearers().ShouldBe([$"{tenant.Upstream.Credential}.1"]);
    }

    [Fact]
    public async Task A_gateway_that_is_stopped_waits_for_the_providers_answer()
    {
        using var data = new TempDirectory();
        await using var first = await GatewayServer.StartAsync(dataDirectory: data.Path);
        using var admin = await first.CreateAdminClientAsync();
        var tenant = await Tenant.ClaudeCcrAsync(admin, simulator.Server);
        var gate = new Gate();
        tenant.Upstream.Enqueue(Token.HoldHeaders(gate));
        await tenant.SetTokensAsync(admin, 120);
        (await tenant.AskAsync(first)).ShouldBe(HttpStatusCode.OK);
        await gate.WaitUntilReachedAsync(Cancel);

        await first.SignalAsync("INT");
        await Eventually.HoldsAsync(async () => await RefusesAsync(first));
        gate.Open();
        (await first.WaitForExitAsync()).ShouldBe(0);

        await using var second = await GatewayServer.StartAsync(dataDirectory: data.Path);
        (await tenant.AskAsync(second)).ShouldBe(HttpStatusCode.OK);
        tenant.Bearers()[^1].ShouldBe($"{tenant.Upstream.Credential}.1");
        tenant.TokenCalls().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Accounts_without_tokens_have_none_to_renew()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);

        using var refused = await gateway.Admin.PostAsJsonAsync($"/api/admin/accounts/{tenant.AccountId}/refresh-token", new { }, Cancel);
        using var missing = await gateway.Admin.PostAsJsonAsync("/api/admin/accounts/999999999/refresh-token", new { }, Cancel);

        (await refused.ErrorAsync(409)).GetProperty("error").GetString().ShouldBe("not_supported");
        await missing.ErrorAsync(404);
    }

    [Fact]
    public async Task An_account_can_be_tested_after_its_token_has_ended()
    {
        var tenant = await CreateAsync(endsInSeconds: -10);

        var result = await gateway.Admin.PostDataAsync($"/api/admin/accounts/{tenant.AccountId}/test", new { });

        result.GetProperty("ok").GetBoolean().ShouldBeTrue(result.GetRawText());
        tenant.Bearers().ShouldBe([$"{tenant.Upstream.Credential}.1"]);
    }

    [Fact]
    public async Task Neither_the_log_nor_a_client_ever_sees_a_token()
    {
        await using var own = await GatewayServer.StartAsync();
        using var admin = await own.CreateAdminClientAsync();
        await admin.PutDataAsync("/api/admin/configs/log.level", new { value = "debug" });
        var tenant = await Tenant.ClaudeCcrAsync(admin, simulator.Server);
        await tenant.SetTokensAsync(admin, -10);
        var renewed = $"{tenant.Upstream.Credential}.1";
        tenant.Upstream.Enqueue(
            ScriptedAnswer.Error(500, message: $"refresh-{tenant.Upstream.Credential} failed").For(OAuthAccounts.TokenPath),
            ScriptedAnswer.Error(400, message: $"bad request of {renewed} or {tenant.Upstream.Credential}"));
        await tenant.AskAsync(own);
        await tenant.SetTokensAsync(admin, -5);

        using var client = tenant.CreateClaudeClient(own);
        using var response = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi"), Cancel);
        var account = (await tenant.AccountAsync(admin)).GetRawText();

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldNotContain(tenant.Upstream.Credential);
        tenant.Bearers().ShouldBe([renewed]);
        own.Output.ShouldContain("gave no token");
        own.Output.ShouldNotContain(tenant.Upstream.Credential);
        account.Replace(tenant.Group, "", StringComparison.Ordinal).ShouldNotContain("refresh-sim", Case.Sensitive);
    }

    private static async Task<bool> RefusesAsync(GatewayServer server)
    {
        using var client = server.CreateClient();
        try
        {
            using var response = await client.GetAsync("/healthz", Cancel);
            return false;
        }
        catch (HttpRequestException)
        {
            return true;
        }
    }

    private async Task<Tenant> CreateAsync(int endsInSeconds)
    {
        var tenant = await Tenant.ClaudeCcrAsync(gateway.Admin, simulator.Server);
        await tenant.SetTokensAsync(gateway.Admin, endsInSeconds);
        return tenant;
    }
}
