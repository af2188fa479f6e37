using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;
using static Gateway.Tests.Support.LimitedTenant;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>What API keys may spend, ask and use: never more, whatever comes at once.</summary>
public sealed class LimitTests(GatewayOfEach gateways, SharedSimulator simulator) : IClassFixture<GatewayOfEach>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task AC_01_F30_of_200_requests_at_once_on_a_key_with_money_for_10_no_more_than_10_go_out(StorageKind storage)
    {
        var (gateway, tenant, client) = await TenantAsync(storage, new { quota_usd = 10 * Cost });

        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => StatusAsync(client)));

        statuses.Count(status => status == HttpStatusCode.OK).ShouldBe(10);
        statuses.Count(status => status == HttpStatusCode.TooManyRequests).ShouldBe(190);
        tenant.Upstream.Requests.Count.ShouldBe(10);
        (await SpentAsync(await gateway.CreateAdminClientAsync(), tenant, atLeast: 10 * Cost)).ShouldBe(10 * Cost);
    }

    [Fact]
    public async Task AC_02_a_request_that_may_cost_more_than_is_left_is_refused_and_told_what_would_help()
    {
        var (_, tenant, client) = await TenantAsync(StorageKind.Embedded, new { quota_usd = 5 * Cost });

        using var refused = await AskAsync(client, maxTokens: 10 * MaxTokens);
        using var smaller = await AskAsync(client);

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        var error = await ErrorAsync(refused);
        error.GetProperty("code").GetString().ShouldBe("insufficient_quota");
        error.GetProperty("message").GetString().ShouldBe(
            "This API key has a quota of 0.005 USD, with 0.005 USD left. This request may take up to 0.01 USD. Ask for less output (max_tokens), or have the quota raised.");
        refused.Headers.GetValues("x-should-retry").ShouldBe(["false"]);
        smaller.StatusCode.ShouldBe(HttpStatusCode.OK);
        tenant.Upstream.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_request_that_names_no_maximum_is_reserved_for_as_the_setting_says()
    {
        var (_, _, client) = await TenantAsync(StorageKind.Embedded, new { quota_usd = 0.08m });

        using var refused = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hello", model: Model), Cancel);

        (await ErrorAsync(refused)).GetProperty("message").GetString()!.ShouldContain("may take up to 0.08192 USD");
    }

    [Theory]
    [InlineData(long.MaxValue, 1)]
    [InlineData(long.MaxValue, 128)]
    [InlineData(10, 128)]
    public async Task B50_a_maximum_beyond_all_bounds_and_many_answers_reserve_what_they_say(long maxTokens, int answers)
    {
        var (_, tenant, client) = await TenantAsync(StorageKind.Embedded, new { quota_usd = 10 * Cost, limits = new object[] { new { measure = "tokens", window = "day", limit = 100_000 } } });

        using var refused = await client.PostAsJsonAsync(
            "/v1/chat/completions", new { model = Model, max_tokens = maxTokens, n = answers, messages = new[] { new { role = "user", content = "hello" } } }, Cancel);

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        tenant.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_without_a_quota_left_is_blocked_from_the_start()
    {
        var (_, tenant, client) = await TenantAsync(StorageKind.Embedded, new { quota_usd = 0 });

        using var refused = await AskAsync(client);

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await ErrorAsync(refused)).GetProperty("message").GetString()!.ShouldContain("Have the quota raised.");
        tenant.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task AC_06_what_an_upstream_failed_takes_nothing_from_a_quota()
    {
        var (gateway, tenant, client) = await TenantAsync(StorageKind.Embedded, new { quota_usd = Cost });
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(400));

        using var failed = await AskAsync(client);
        await tenant.RequestLogAsync(failed.RequestId());
        using var answered = await AskAsync(client);
        await tenant.UsageRecordAsync(answered.RequestId());
        using var refused = await AskAsync(client);

        failed.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answered.StatusCode.ShouldBe(HttpStatusCode.OK);
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await SpentAsync(await gateway.CreateAdminClientAsync(), tenant)).ShouldBe(Cost);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task AC_46_requests_a_minute_are_limited_and_told_in_headers(StorageKind storage)
    {
        var (_, tenant, client) = await TenantAsync(storage, new { requests_per_minute = 3 });
        await AwayFromTheEndOfAMinuteAsync();

        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 4; i++)
        {
            answers.Add(await AskAsync(client));
        }

        answers.Select(answer => answer.StatusCode).ShouldBe([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests]);
        answers[0].Headers.GetValues("x-ratelimit-limit-requests").ShouldBe(["3"]);
        answers.Take(3).Select(answer => answer.Headers.GetValues("x-ratelimit-remaining-requests").Single()).ShouldBe(["2", "1", "0"]);
        answers[3].Headers.GetValues("x-ratelimit-remaining-requests").ShouldBe(["0"]);
        answers[3].Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        (await ErrorAsync(answers[3])).GetProperty("code").GetString().ShouldBe("rate_limit_exceeded");
        tenant.Upstream.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Tokens_a_minute_are_estimated_first_and_corrected_by_what_was_used()
    {
        var (_, tenant, client) = await TenantAsync(StorageKind.Embedded, new { tokens_per_minute = 400 });
        await AwayFromTheEndOfAMinuteAsync();

        using var first = await AskAsync(client, maxTokens: 300);
        await tenant.UsageRecordAsync(first.RequestId());
        using var second = await AskAsync(client, maxTokens: 200);
        await tenant.UsageRecordAsync(second.RequestId());
        using var third = await AskAsync(client, maxTokens: 300);

        // 110 tokens each, of 300 and more that were reserved.
        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        third.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await ErrorAsync(third)).GetProperty("message").GetString()!.ShouldStartWith("This API key may use 400 tokens a minute, with 180 tokens left. This request may take up to ");
    }

    [Fact]
    public async Task A_request_that_needs_more_tokens_than_a_minute_has_is_served_when_nothing_else_is()
    {
        var (_, _, client) = await TenantAsync(StorageKind.Embedded, new { tokens_per_minute = 50 });
        await AwayFromTheEndOfAMinuteAsync();

        using var first = await AskAsync(client);
        using var second = await AskAsync(client);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task AC_46_a_limit_may_count_some_models_only()
    {
        var (_, tenant, client) = await TenantAsync(StorageKind.Embedded, new { limits = new object[] { new { measure = "requests", window = "day", limit = 1, models = new[] { "gpt-4.1-*" } } } });

        using var first = await AskAsync(client);
        await tenant.UsageRecordAsync(first.RequestId());
        using var second = await AskAsync(client);
        using var other = await AskAsync(client, model: "gpt-5-mini");

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        second.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await ErrorAsync(second)).GetProperty("message").GetString()!.ShouldStartWith("This API key may make 1 requests a day with gpt-4.1-*, with 0 requests left. It begins anew at ");
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_limit_counts_what_was_used_before_it_was_set(StorageKind storage)
    {
        var (gateway, tenant, client) = await TenantAsync(storage, new { });
        for (var i = 0; i < 3; i++)
        {
            using var answer = await AskAsync(client);
            await tenant.UsageRecordAsync(answer.RequestId());
        }

        using var admin = await gateway.CreateAdminClientAsync();
        await admin.PostDataAsync("/api/admin/sync", new { });
        using var unsynced = await AskAsync(client);
        await tenant.UsageRecordAsync(unsynced.RequestId());
        await admin.PutDataAsync($"/api/admin/api-keys/{tenant.ApiKeyId}", new { limits = new object[] { new { measure = "usd", window = "day", limit = 5 * Cost } } });

        await Eventually.HoldsAsync(async () => await StatusAsync(client, maxTokens: 2 * MaxTokens) == HttpStatusCode.TooManyRequests);
        using var last = await AskAsync(client);
        await tenant.UsageRecordAsync(last.RequestId());

        last.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(client)).ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_restart_forgets_nothing_that_a_key_has_spent()
    {
        var data = Directory.CreateTempSubdirectory("gateway-test-");
        try
        {
            string key;
            await using (var gateway = await GatewayServer.StartAsync(dataDirectory: data.FullName))
            {
                using var admin = await gateway.CreateAdminClientAsync();
                var tenant = await CreateAsync(admin, simulator.Server, new { quota_usd = 3 * Cost });
                using var client = tenant.CreateClient(gateway);
                (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
                (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
                key = tenant.Key;
                await gateway.StopAsync();
            }

            await using (var gateway = await GatewayServer.StartAsync(dataDirectory: data.FullName))
            {
                using var client = gateway.CreateClient();
                client.DefaultRequestHeaders.Authorization = new("Bearer", key);

                var statuses = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => StatusAsync(client)));

                statuses.Count(status => status == HttpStatusCode.OK).ShouldBe(1);
            }
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Outside_of_its_subscription_a_key_is_refused_with_403()
    {
        var (_, _, early) = await TenantAsync(StorageKind.Embedded, Subscription(startsAt: "2999-01-01T00:00:00Z"));
        var (_, _, late) = await TenantAsync(StorageKind.Embedded, Subscription(endsAt: "2026-01-01T00:00:00Z"));

        using var tooEarly = await AskAsync(early);
        using var tooLate = await AskAsync(late);

        tooEarly.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await ErrorAsync(tooEarly)).GetProperty("message").GetString().ShouldBe("The subscription of this API key begins at 2999-01-01T00:00:00Z.");
        tooLate.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await ErrorAsync(tooLate)).GetProperty("message").GetString().ShouldBe("The subscription of this API key ended at 2026-01-01T00:00:00Z. Have it renewed.");

        static object Subscription(string? startsAt = null, string? endsAt = null) =>
            new { billing_mode = "subscription", subscription = new { period = "day", limit_usd = 1, starts_at = startsAt, ends_at = endsAt } };
    }

    [Fact]
    public async Task A_subscription_limits_what_a_period_may_cost_and_its_quota_caps_all_of_them()
    {
        var (_, tenant, client) = await TenantAsync(
            StorageKind.Embedded, new { billing_mode = "subscription", quota_usd = 3 * Cost, subscription = new { period = "month", limit_usd = 2 * Cost, time_zone = "Europe/Berlin" } });

        var statuses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => StatusAsync(client)));
        using var refused = await AskAsync(client);

        statuses.Count(status => status == HttpStatusCode.OK).ShouldBe(2);
        (await ErrorAsync(refused)).GetProperty("message").GetString()!.ShouldStartWith("This API key may spend 0.002 USD a month, with ");
        tenant.Upstream.Requests.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_client_can_ask_how_far_the_limits_of_its_key_are_used(StorageKind storage)
    {
        var (_, tenant, client) = await TenantAsync(storage, new { quota_usd = 10 * Cost, requests_per_minute = 50, limits = new object[] { new { measure = "tokens", window = "5h", limit = 1000, models = new[] { "gpt-4.1-*" } } } });
        using var answer = await AskAsync(client);
        await tenant.UsageRecordAsync(answer.RequestId());
        var gate = new Gate();
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("late").WithUsage(input: 10, output: MaxTokens).HoldHeaders(gate));
        var late = StatusAsync(client);
        await gate.WaitUntilReachedAsync(Cancel);

        var usage = await client.GetFromJsonAsync<JsonElement>("/v1/usage", Cancel);

        gate.Open();
        (await late).ShouldBe(HttpStatusCode.OK);
        usage.GetProperty("spent_usd").GetDecimal().ShouldBe(Cost);
        var limits = usage.GetProperty("limits").EnumerateArray().ToDictionary(limit => $"{limit.GetProperty("measure").GetString()} {limit.GetProperty("window").GetString()}");
        limits.Keys.ShouldBe(["usd lifetime", "tokens 5h", "requests minute"], ignoreOrder: true);
        var quota = limits["usd lifetime"];
        quota.GetProperty("limit").GetDecimal().ShouldBe(10 * Cost);
        quota.GetProperty("used").GetDecimal().ShouldBe(Cost);
        quota.GetProperty("reserved").GetDecimal().ShouldBe(Cost);
        quota.GetProperty("remaining").GetDecimal().ShouldBe(8 * Cost);
        quota.GetProperty("resets_at").ValueKind.ShouldBe(JsonValueKind.Null);
        limits["tokens 5h"].GetProperty("used").GetInt64().ShouldBe(110);
        limits["tokens 5h"].GetProperty("models").EnumerateArray().Select(model => model.GetString()).ShouldBe(["gpt-4.1-*"]);
        limits["tokens 5h"].GetProperty("resets_at").GetDateTime().ShouldBeGreaterThan(DateTime.UtcNow);
    }

    private async Task<(GatewayServer Gateway, Tenant Tenant, HttpClient Client)> TenantAsync(StorageKind storage, object key)
    {
        var gateway = await gateways.OnAsync(storage);
        var tenant = await CreateAsync(await gateway.CreateAdminClientAsync(), simulator.Server, key);
        return (gateway, tenant, tenant.CreateClient(gateway));
    }

    private static async Task<JsonElement> ErrorAsync(HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error");

    /// <summary>A window must not end in the middle of a test.</summary>
    private static Task AwayFromTheEndOfAMinuteAsync() => Eventually.HoldsAsync(() => Task.FromResult(DateTime.UtcNow.Second < 50));
}
