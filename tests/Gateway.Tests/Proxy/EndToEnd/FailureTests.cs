using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Upstreams that refuse, break or fall silent, and clients that leave.</summary>
public sealed class FailureTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refusal_of_the_request_reaches_the_client_as_the_platform_wrote_it()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(400, "invalid_request_error", "Unsupported value: 'foo'", "unsupported_value"));
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error");
        error.GetProperty("message").GetString().ShouldBe("Unsupported value: 'foo'");
        error.GetProperty("code").GetString().ShouldBe("unsupported_value");
        tenant.Upstream.Requests.Count.ShouldBe(1);
        var record = await tenant.UsageRecordAsync(response.RequestId());
        record.GetProperty("status").GetString().ShouldBe("upstream_failed");
        record.GetProperty("billed_usd").GetDecimal().ShouldBe(0);
    }

    [Theory]
    [InlineData(401, HttpStatusCode.ServiceUnavailable)]
    [InlineData(403, HttpStatusCode.ServiceUnavailable)]
    [InlineData(402, HttpStatusCode.TooManyRequests)]
    [InlineData(429, HttpStatusCode.TooManyRequests)]
    [InlineData(500, HttpStatusCode.InternalServerError)]
    [InlineData(503, HttpStatusCode.ServiceUnavailable)]
    public async Task A_fault_of_the_account_never_blames_the_client(int upstream, HttpStatusCode expected)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Error(upstream, "x", $"Incorrect API key {tenant.Upstream.Credential} of organization org-secret");
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        response.StatusCode.ShouldBe(expected);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        text.ShouldNotContain(tenant.Upstream.Credential); // B58
        gateway.Server.Output.ShouldNotContain(tenant.Upstream.Credential);
    }

    [Fact]
    public async Task F23_another_account_answers_when_the_first_fails_before_its_answer()
    {
        ScriptedAnswer[] failures = [ScriptedAnswer.Error(529), ScriptedAnswer.ErrorEvent(529, "overloaded_error", "Overloaded"), ScriptedAnswer.Text("x").CutBeforeHeaders()];
        for (var i = 0; i < failures.Length; i++)
        {
            var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server, account: new { priority = 1 });
            var (second, secondId) = await tenant.AddAccountAsync(simulator.Server, "claude", new { priority = 2 });
            tenant.Upstream.Enqueue(failures[i]);
            second.Default = ScriptedAnswer.Text("second-account").WithUsage(input: 1, output: 2);
            using var client = tenant.CreateClient(gateway.Server);

            using var response = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", stream: i == 1), Cancel);
            (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("second-account");
            var record = await tenant.UsageRecordAsync(response.RequestId());
            record.GetProperty("account_id").GetInt64().ShouldBe(secondId);
            record.GetProperty("attempts").GetInt32().ShouldBe(2);
            (await gateway.Admin.GetDataAsync($"/api/admin/usage/records?api_key_id={tenant.ApiKeyId}")).GetProperty("items").GetArrayLength().ShouldBe(1); // AC-06
        }
    }

    [Theory]
    [InlineData("claude")]
    [InlineData("openai")]
    public async Task F23_an_upstream_that_breaks_off_ends_the_stream_with_an_error_in_the_clients_form(string platform)
    {
        var tenant = platform == "claude" ? await Tenant.ClaudeAsync(gateway.Admin, simulator.Server) : await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("one", "two", "three", "four").WithUsage(input: 5, output: 9).CutAfterEvent(4));
        using var client = tenant.CreateClient(gateway.Server);

        using var response = platform == "claude"
            ? await client.PostStreamAsync("/v1/messages", Bodies.Message("hi", stream: true), Cancel)
            : await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true), Cancel);
        var stream = await response.Content.ReadAsStringAsync(Cancel);

        stream.ShouldContain("one");
        stream.ShouldNotContain("[DONE]");
        stream.ShouldNotContain("message_stop");
        var last = stream.TrimEnd('\n').Split("\n\n")[^1];
        var data = JsonSerializer.Deserialize<JsonElement>(last[(last.IndexOf("data: ", StringComparison.Ordinal) + 6)..]);
        data.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("before it was complete");
        last.StartsWith("event: error\n", StringComparison.Ordinal).ShouldBe(platform == "claude");
        var record = await tenant.UsageRecordAsync(response.RequestId());
        record.GetProperty("status").GetString().ShouldBe("upstream_failed");
        record.GetProperty("usage_source").GetString().ShouldBe("estimated");
        record.GetProperty("cost_usd").GetDecimal().ShouldBeGreaterThan(0);
        record.GetProperty("billed_usd").GetDecimal().ShouldBe(0);
    }

    [Fact]
    public async Task Bug_37_AC_03_F24_a_client_that_leaves_cancels_the_upstream_and_pays_for_what_it_saw()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("some words that the client has read", "never").WithUsage(input: 500, output: 900).StallAfterEvent(4));
        using var client = tenant.CreateClient(gateway.Server);

        string requestId;
        using (var response = await client.PostStreamAsync("/v1/messages", Bodies.Message("hi", stream: true), Cancel))
        {
            requestId = response.RequestId();
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
            while (!(await reader.ReadLineAsync(Cancel))!.Contains("some words", StringComparison.Ordinal))
            {
            }
        }

        await tenant.Upstream.WaitForAbortAsync(cancellationToken: Cancel);
        var record = await tenant.UsageRecordAsync(requestId);
        record.GetProperty("status").GetString().ShouldBe("client_aborted");
        record.GetProperty("usage_source").GetString().ShouldBe("estimated");
        record.GetProperty("input_tokens").GetInt64().ShouldBe(500);
        record.GetProperty("output_tokens").GetInt64().ShouldBe(9); // 35 bytes of text, 4 to a token
        record.GetProperty("billed_usd").GetDecimal().ShouldBeGreaterThan(0);
        await gateway.Admin.BecomesIdleAsync(tenant);
    }

    [Fact]
    public async Task AC_04_F24_a_client_that_leaves_before_the_first_byte_is_billed_nothing_that_nobody_reported()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("never").StallBeforeHeaders());
        using var client = tenant.CreateClient(gateway.Server);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var sending = client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), leave.Token);
        await tenant.Upstream.WaitForRequestAsync(cancellationToken: Cancel);
        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => sending);

        await tenant.Upstream.WaitForAbortAsync(cancellationToken: Cancel);
        var log = await tenant.RequestLogAsync();
        log.GetProperty("http_status").GetInt32().ShouldBe(499);
        await gateway.Admin.BecomesIdleAsync(tenant);
        (await gateway.Admin.GetDataAsync($"/api/admin/usage?api_key_id={tenant.ApiKeyId}")).GetProperty("totals").GetProperty("billed_usd").GetDecimal().ShouldBe(0);
    }

    [Fact]
    public async Task F23_HTML_under_200_is_a_failure_of_the_upstream()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Html();
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetProperty("type").GetString().ShouldBe("server_error");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public async Task A_limit_is_said_rather_than_that_another_account_could_not_take_the_request(int priority)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { models = new[] { "mixed" }, model_mapping = new { mixed = "gpt-4o" }, priority = 5 });
        await tenant.AddAccountAsync(simulator.Server, "claude", new { models = new[] { "mixed" }, model_mapping = new { mixed = "claude-sonnet-4-5" }, priority });
        tenant.Upstream.Default = ScriptedAnswer.RateLimited(retryAfterSeconds: 7);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", new { model = "mixed", n = 2, messages = new[] { new { role = "user", content = "hi" } } }, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task An_upstream_that_is_not_there_is_said_so()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { base_url = "http://127.0.0.1:1" });
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await tenant.RequestLogAsync(response.RequestId())).GetProperty("error_kind").GetString().ShouldBe("unreachable");
    }
}
