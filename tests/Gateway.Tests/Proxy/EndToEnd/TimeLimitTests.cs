using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>F22 and AC-31: upstreams that never answer, say nothing of use, fall silent, or never come to an end.</summary>
public sealed class TimeLimitTests(OwnGateway gateway, SharedSimulator simulator) : IClassFixture<OwnGateway>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("headers_seconds", false)]
    [InlineData("headers_seconds", true)]
    [InlineData("first_event_seconds", false)]
    [InlineData("first_event_seconds", true)]
    public async Task F22_an_upstream_that_never_answers_leads_to_another_account(string limit, bool stream)
    {
        await gateway.SetAsync((limit, 1));
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server, account: new { priority = 1 });
        var (second, secondId) = await tenant.AddAccountAsync(simulator.Server, "claude", new { priority = 2 });
        tenant.Upstream.Default = ScriptedAnswer.Text("never").StallBeforeHeaders();
        second.Default = ScriptedAnswer.Text("second-account");
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", stream), Cancel);

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("second-account");
        await tenant.Upstream.WaitForAbortAsync(cancellationToken: Cancel);
        (await tenant.UsageRecordAsync(response.RequestId())).GetProperty("account_id").GetInt64().ShouldBe(secondId);
        (await gateway.Admin.CooldownReasonsAsync(tenant)).ShouldBe(["timeout"]);
    }

    [Theory]
    [InlineData("idle_seconds")]
    [InlineData("first_event_seconds")]
    public async Task F22_an_upstream_that_stops_before_its_first_content_leads_to_another_account(string limit)
    {
        await gateway.SetAsync((limit, 1));
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { priority = 1 });
        var (second, _) = await tenant.AddAccountAsync(simulator.Server, "openai", new { priority = 2 });
        tenant.Upstream.Default = ScriptedAnswer.Text("never").StallAfterEvent(0);
        second.Default = ScriptedAnswer.Text("second-account");
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true), Cancel);

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("second-account");
        (await tenant.UsageRecordAsync(response.RequestId())).GetProperty("attempts").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task F22_an_upstream_that_stops_before_anything_of_its_content_has_words_for_the_client_leads_to_another_account()
    {
        await gateway.SetAsync(("idle_seconds", 1));
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server, account: new { priority = 1 });
        var (second, _) = await tenant.AddAccountAsync(simulator.Server, "claude", new { priority = 2 });
        tenant.Upstream.Default = ScriptedAnswer.Text("never").StallAfterEvent(1);
        second.Default = ScriptedAnswer.Text("second-account");
        using var client = tenant.CreateClient(gateway.Server);
        var body = new { contents = new[] { new { role = "user", parts = new[] { new { text = "hi" } } } } };

        using var response = await client.PostStreamAsync("/v1beta/models/claude-sonnet-4-5:streamGenerateContent?alt=sse", body, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("second-account");
    }

    [Fact]
    public async Task F22_an_upstream_that_sends_comments_only_is_not_waited_for_longer()
    {
        await gateway.SetAsync(("first_event_seconds", 2), ("keep_alive_seconds", 1), ("commit_after_seconds", 1));
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { priority = 1 });
        var (second, _) = await tenant.AddAccountAsync(simulator.Server, "openai", new { priority = 2 });
        tenant.Upstream.Default = ScriptedAnswer.Sse(string.Concat(Enumerable.Repeat(": processing\n\n", 600))).DelayBetweenEvents(TimeSpan.FromMilliseconds(100));
        second.Default = ScriptedAnswer.Text("second-account");
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true), Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);

        text.ShouldContain("second-account");
        text.ShouldContain(": keep-alive", customMessage: "AC-32: the client waits with signs of life, and another account can still answer");
        text.ShouldNotContain("processing");
        await tenant.Upstream.WaitForAbortAsync(cancellationToken: Cancel);
        tenant.Upstream.Requests.Single().EventsSent.ShouldBeLessThan(100);
    }

    [Fact]
    public async Task F22_an_upstream_that_never_answers_and_has_no_other_beside_it_is_a_timeout_that_costs_nothing()
    {
        await gateway.SetAsync(("first_event_seconds", 1));
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Text("never").StallBeforeHeaders();
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetProperty("message").GetString()!.ShouldContain("in time");
        tenant.Upstream.Requests.Count.ShouldBe(1, "it may have carried the request out");
        var record = await tenant.UsageRecordAsync(response.RequestId());
        record.GetProperty("status").GetString().ShouldBe("upstream_failed");
        record.GetProperty("billed_usd").GetDecimal().ShouldBe(0);
        (await gateway.Admin.CooldownReasonsAsync(tenant)).ShouldBe(["timeout"]);
    }

    [Theory]
    [InlineData("/v1/messages", "event: error")]
    [InlineData("/v1/chat/completions", "\"error\":")]
    [InlineData("/v1/responses", "response.failed")]
    public async Task F22_an_upstream_that_stops_after_content_ends_the_stream_with_an_error(string path, string error)
    {
        await gateway.SetAsync(("idle_seconds", 1));
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server, account: new { priority = 1 });
        var (second, _) = await tenant.AddAccountAsync(simulator.Server, "claude", new { priority = 2 });
        tenant.Upstream.Default = ScriptedAnswer.Text("some words that the client has read", "never").WithUsage(input: 500, output: 900).StallAfterEvent(4);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostStreamAsync(path, Body(path), Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);

        text.ShouldContain("some words");
        text.ShouldContain(error);
        text.ShouldNotContain("[DONE]");
        second.Requests.ShouldBeEmpty();
        await tenant.Upstream.WaitForAbortAsync(cancellationToken: Cancel);
        var record = await tenant.UsageRecordAsync(response.RequestId());
        record.GetProperty("status").GetString().ShouldBe("upstream_failed");
        record.GetProperty("usage_source").GetString().ShouldBe("estimated");
        record.GetProperty("input_tokens").GetInt64().ShouldBe(500);
        record.GetProperty("output_tokens").GetInt64().ShouldBe(9); // 35 bytes of text, 4 to a token
        record.GetProperty("cost_usd").GetDecimal().ShouldBeGreaterThan(0);
        record.GetProperty("billed_usd").GetDecimal().ShouldBe(0);
        (await gateway.Admin.CooldownReasonsAsync(tenant)).ShouldBe(["timeout"]);
        await gateway.Admin.BecomesIdleAsync(tenant);
    }

    [Theory]
    [InlineData("/v1/messages", "event: error")]
    [InlineData("/v1/chat/completions", "\"error\":")]
    [InlineData("/v1/responses", "response.failed")]
    public async Task AC_31_an_answer_that_takes_too_long_in_all_ends_with_an_error_and_is_billed_so_far(string path, string error)
    {
        await gateway.SetAsync(("total_seconds", 2));
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Text([.. Enumerable.Repeat("word ", 600)]).WithUsage(input: 500, output: 900).DelayBetweenEvents(TimeSpan.FromMilliseconds(100));
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostStreamAsync(path, Body(path), Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);

        text.ShouldContain("word ");
        text.ShouldContain(error);
        text.ShouldContain("longer than the gateway allows");
        text.ShouldNotContain("[DONE]");
        await tenant.Upstream.WaitForAbortAsync(cancellationToken: Cancel);
        var record = await tenant.UsageRecordAsync(response.RequestId());
        record.GetProperty("usage_source").GetString().ShouldBe("estimated");
        record.GetProperty("input_tokens").GetInt64().ShouldBe(500);
        record.GetProperty("output_tokens").GetInt64().ShouldBeInRange(1, 100);
        record.GetProperty("billed_usd").GetDecimal().ShouldBeGreaterThan(0);
        (await tenant.RequestLogAsync(response.RequestId())).GetProperty("error_kind").GetString().ShouldBe("timeout");
        (await gateway.Admin.CooldownReasonsAsync(tenant)).ShouldBeEmpty("the account was at work");
        await gateway.Admin.BecomesIdleAsync(tenant);
    }

    [Fact]
    public async Task AC_31_no_new_attempt_starts_when_the_clients_own_time_is_over()
    {
        await gateway.SetAsync(("first_event_seconds", 2));
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { priority = 1 });
        var (second, _) = await tenant.AddAccountAsync(simulator.Server, "openai", new { priority = 2 });
        tenant.Upstream.Default = ScriptedAnswer.Text("never").StallBeforeHeaders();
        using var client = tenant.CreateClient(gateway.Server);
        client.DefaultRequestHeaders.Add("x-stainless-timeout", "1");

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        second.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task F22_an_upstream_that_takes_no_connection_leads_to_another_account()
    {
        // The connection's own time must end before that for new attempts.
        await gateway.SetAsync(("retry_seconds", 5));
        await gateway.Admin.PutDataAsync("/api/admin/configs/proxy.connect_seconds", new { value = 1 });

        // A queue of connections that is full: the system leaves the next one without an answer.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        using var waiting = new SocketList();
        if (!await waiting.FillAsync((IPEndPoint)full.LocalEndPoint!, Cancel))
        {
            Assert.Skip("This system queues any number of connections.");
        }

        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { base_url = $"http://{full.LocalEndPoint}", priority = 1 });
        var (other, _) = await tenant.AddAccountAsync(simulator.Server, "openai", new { priority = 2 });
        other.Default = ScriptedAnswer.Text("from the other one");
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("from the other one");
    }

    [Fact]
    public async Task F22_an_upstream_that_takes_connections_and_says_nothing_in_TLS_leads_to_another_account()
    {
        await gateway.SetAsync(("retry_seconds", 5));
        await gateway.Admin.PutDataAsync("/api/admin/configs/proxy.connect_seconds", new { value = 1 });
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { base_url = $"https://{mute.LocalEndpoint}", priority = 1 });
        var (other, _) = await tenant.AddAccountAsync(simulator.Server, "openai", new { priority = 2 });
        other.Default = ScriptedAnswer.Text("from the other one");
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("from the other one");
        (await gateway.Admin.CooldownReasonsAsync(tenant)).ShouldBe(["unreachable"]);
    }

    private static object Body(string path) => path switch
    {
        "/v1/messages" => Bodies.Message("hi", stream: true),
        "/v1/responses" => new { model = "claude-sonnet-4-5", stream = true, input = "hi" },
        _ => Bodies.Chat("hi", stream: true, model: "claude-sonnet-4-5"),
    };

    /// <summary>Connections that nobody accepts.</summary>
    private sealed class SocketList : IDisposable
    {
        private const int Most = 20;
        private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

        private readonly List<Socket> _sockets = [];

        /// <returns>Whether the queue is full.</returns>
        public async Task<bool> FillAsync(IPEndPoint address, CancellationToken cancellationToken)
        {
            while (_sockets.Count < Most)
            {
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                _sockets.Add(socket);
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(Patience);
                try
                {
                    await socket.ConnectAsync(address, limit.Token);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    return true;
                }
            }

            return false;
        }

        public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
    }
}
