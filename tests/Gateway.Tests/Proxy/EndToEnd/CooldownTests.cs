using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Accounts that are left alone for a while, as clients and operators see them.</summary>
public sealed class CooldownTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string Model = "claude-sonnet-4-5";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_limited_account_is_not_asked_again_before_its_time_and_shows_why()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.RateLimited(retryAfterSeconds: 120));
        using var client = tenant.CreateClient(gateway.Server);

        using var first = await AskAsync(client);
        using var second = await AskAsync(client);
        using var other = await AskAsync(client, "claude-opus-4-8");
        var account = await gateway.Admin.GetDataAsync($"/api/admin/accounts/{tenant.AccountId}");

        first.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        second.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        second.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(100, 122);
        (await second.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetProperty("type").GetString().ShouldBe("rate_limit_error");
        other.StatusCode.ShouldBe(HttpStatusCode.OK); // AC-11
        tenant.Upstream.Requests.Count.ShouldBe(2);
        account.GetProperty("status").GetString().ShouldBe("active", "one model of it is limited");
        var cooldown = account.GetProperty("cooldowns").EnumerateArray().Single();
        cooldown.GetProperty("model_family").GetString().ShouldBe(Model);
        cooldown.GetProperty("reason").GetString().ShouldBe("rate_limit");
        cooldown.GetProperty("evidence").GetString().ShouldNotBeNullOrEmpty();
        cooldown.GetProperty("until").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddSeconds(90));
    }

    [Fact]
    public async Task AC_10_an_operators_recovery_lets_the_account_answer_at_once()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(401, "authentication_error", "invalid x-api-key"));
        using var client = tenant.CreateClient(gateway.Server);

        using var refused = await AskAsync(client);
        var paused = await gateway.Admin.GetDataAsync($"/api/admin/accounts/{tenant.AccountId}");
        using var away = await AskAsync(client);
        var recovered = await gateway.Admin.PostDataAsync($"/api/admin/accounts/{tenant.AccountId}/recover", new { });
        using var answered = await AskAsync(client);

        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        paused.GetProperty("status").GetString().ShouldBe("cooling_down");
        paused.GetProperty("available_at").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddMinutes(25));
        away.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        recovered.GetProperty("status").GetString().ShouldBe("active");
        recovered.GetProperty("cooldowns").GetArrayLength().ShouldBe(0);
        answered.StatusCode.ShouldBe(HttpStatusCode.OK);
        tenant.Upstream.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task AC_11_a_test_of_an_account_changes_nothing_of_its_state()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(401));

        var tested = await gateway.Admin.PostDataAsync($"/api/admin/accounts/{tenant.AccountId}/test", new { });

        tested.GetProperty("ok").GetBoolean().ShouldBeFalse();
        (await gateway.Admin.GetDataAsync($"/api/admin/accounts/{tenant.AccountId}")).GetProperty("status").GetString().ShouldBe("active");
    }

    [Fact]
    public async Task An_overloaded_platform_is_asked_once_more_when_there_is_no_other_account()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(529));
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await AskAsync(client);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await tenant.UsageRecordAsync(response.RequestId())).GetProperty("attempts").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task A_limit_of_a_second_is_waited_for_when_there_is_no_other_account()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.RateLimited(retryAfterSeconds: 1));
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await AskAsync(client);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_wait_is_not_cut_short_by_the_time_limit_of_the_attempt_before()
    {
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        await admin.PutDataAsync("/api/admin/configs/proxy.idle_seconds", new { value = 1 });
        await admin.PutDataAsync("/api/admin/configs/proxy.headers_seconds", new { value = 1 });
        var tenant = await Tenant.ClaudeAsync(admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.RateLimited(retryAfterSeconds: 2));
        using var client = tenant.CreateClient(server);

        using var response = await AskAsync(client);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_count_of_tokens_that_is_limited_keeps_nobody_from_answers()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.RateLimited(retryAfterSeconds: 300).For("/v1/messages/count_tokens"));
        using var client = tenant.CreateClient(gateway.Server);

        using var count = await client.PostAsJsonAsync("/v1/messages/count_tokens", new { model = Model, messages = new[] { new { role = "user", content = "hi" } } }, Cancel);
        using var answer = await AskAsync(client);

        count.Headers.GetValues("x-gateway-estimated").ShouldBe(["true"]);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_pause_outlives_a_restart()
    {
        using var data = new TempDirectory();
        long accountId;
        await using (var before = await GatewayServer.StartAsync(dataDirectory: data.Path))
        {
            using var admin = await before.CreateAdminClientAsync();
            var tenant = await Tenant.ClaudeAsync(admin, simulator.Server);
            accountId = tenant.AccountId;
            tenant.Upstream.Enqueue(ScriptedAnswer.RateLimited(retryAfterSeconds: 900));
            using var client = tenant.CreateClient(before);
            using var limited = await AskAsync(client);
            (await before.StopAsync()).ShouldBe(0);
        }

        await using var after = await GatewayServer.StartAsync(dataDirectory: data.Path);
        using var again = await after.CreateAdminClientAsync();

        var cooldown = (await again.GetDataAsync($"/api/admin/accounts/{accountId}")).GetProperty("cooldowns").EnumerateArray().Single();
        cooldown.GetProperty("reason").GetString().ShouldBe("rate_limit");
        cooldown.GetProperty("until").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddSeconds(600));
    }

    [Fact]
    public async Task Instances_know_each_others_pauses_and_recoveries()
    {
        using var store = TestStorage.Create();
        await using var here = await GatewayServer.StartAsync(StorageKind.Servers, store: store);
        await using var there = await GatewayServer.StartAsync(StorageKind.Servers, store: store);
        using var admin = await here.CreateAdminClientAsync();
        using var adminThere = await there.CreateAdminClientAsync();
        var tenant = await Tenant.ClaudeAsync(admin, simulator.Server);
        var path = $"/api/admin/accounts/{tenant.AccountId}";
        tenant.Upstream.Enqueue(ScriptedAnswer.RateLimited(retryAfterSeconds: 900));
        using var client = tenant.CreateClient(here);
        using var clientThere = tenant.CreateClient(there);

        using var limited = await AskAsync(client);
        await Eventually.HoldsAsync(async () => (await adminThere.GetDataAsync(path)).GetProperty("cooldowns").GetArrayLength() == 1);
        using var refused = await AskAsync(clientThere);
        await adminThere.PostDataAsync($"{path}/recover", new { });
        await Eventually.HoldsAsync(async () => (await admin.GetDataAsync(path)).GetProperty("cooldowns").GetArrayLength() == 0);
        using var answered = await AskAsync(client);

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answered.StatusCode.ShouldBe(HttpStatusCode.OK);
        tenant.Upstream.Requests.Count.ShouldBe(2);
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient client, string model = Model) => client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", model: model), Cancel);
}
