using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>F24 and F25: clients that leave, and clients that stay and do not read.</summary>
public sealed class ClientFaultTests(OwnGateway gateway, SharedSimulator simulator) : IClassFixture<OwnGateway>
{
    // More than the buffers of all sockets on the way take, some 10 MB for each connection: 64 MB, and as a whole body 26 MB.
    private static readonly string[] Stream = [.. Enumerable.Repeat(new string('x', 64 * 1024), 1000)];
    private static readonly string[] Whole = Stream[..400];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F24_clients_that_leave_a_stream_in_full_flow_pay_for_it_and_are_never_an_accounts_fault()
    {
        const int Streams = 100;
        await gateway.SetAsync();
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Text([.. Enumerable.Repeat(new string('x', 200), 20_000)]);
        using var client = tenant.CreateClient(gateway.Server);

        for (var left = Streams; left > 0; left -= 5)
        {
            await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => LeaveAsync()));
        }

        var logs = new List<JsonElement>();
        await Eventually.HoldsAsync(async () =>
        {
            logs = [.. (await gateway.Admin.GetDataAsync($"/api/admin/request-logs?account_id={tenant.AccountId}&limit=200")).GetProperty("items").EnumerateArray()];
            return logs.Count == Streams;
        });
        logs.Select(log => (log.GetProperty("http_status").GetInt32(), log.GetProperty("error_kind").GetString())).Distinct().ShouldBe([(499, "client_gone")]);
        (await gateway.Admin.CooldownReasonsAsync(tenant)).ShouldBeEmpty();
        (await gateway.Admin.GetDataAsync($"/api/admin/usage/records?account_id={tenant.AccountId}&limit=200")).GetProperty("items").EnumerateArray()
            .ShouldAllBe(record => record.GetProperty("billed_usd").GetDecimal() > 0);

        async Task LeaveAsync()
        {
            using var response = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true), Cancel);
            using var stream = await response.Content.ReadAsStreamAsync(Cancel);
            var buffer = new byte[4096];
            for (var i = 0; i < 3; i++)
            {
                (await stream.ReadAsync(buffer, Cancel)).ShouldBeGreaterThan(0);
            }
        }
    }

    [Fact]
    public async Task F24_a_client_that_leaves_before_the_first_byte_of_a_stream_ends_the_request_upstream()
    {
        await gateway.SetAsync();
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Text("never").StallBeforeHeaders();
        using var client = tenant.CreateClient(gateway.Server);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var sending = client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true), leave.Token);
        await tenant.Upstream.WaitForRequestAsync(cancellationToken: Cancel);
        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => sending);

        await tenant.Upstream.WaitForAbortAsync(cancellationToken: Cancel);
        await IsOverAsync(tenant, "client_aborted");
        tenant.Upstream.Requests.Count.ShouldBe(1);
        (await gateway.Admin.CooldownReasonsAsync(tenant)).ShouldBeEmpty();
    }

    [Fact]
    public async Task F24_a_client_that_leaves_a_converted_stream_ends_it_upstream()
    {
        await gateway.SetAsync();
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Text("some words", "never").WithUsage(input: 500, output: 900).StallAfterEvent(4);
        using var client = tenant.CreateClient(gateway.Server);

        using (var response = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true, model: "claude-sonnet-4-5"), Cancel))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
            while (!(await reader.ReadLineAsync(Cancel))!.Contains("some words", StringComparison.Ordinal))
            {
            }
        }

        await tenant.Upstream.WaitForAbortAsync(cancellationToken: Cancel);
        var record = await IsOverAsync(tenant, "client_aborted");
        record.GetProperty("billed_usd").GetDecimal().ShouldBeGreaterThan(0);
        (await gateway.Admin.CooldownReasonsAsync(tenant)).ShouldBeEmpty();
    }

    [Fact]
    public async Task F24_for_a_client_that_leaves_while_it_waits_for_another_try_there_is_none()
    {
        await gateway.SetAsync();
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.RateLimited(retryAfterSeconds: 2));
        using var client = tenant.CreateClient(gateway.Server);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var sending = client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi"), leave.Token);
        await Eventually.HoldsAsync(async () => (await gateway.Admin.CooldownReasonsAsync(tenant)).Contains("rate_limit"));
        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => sending);

        await IsOverAsync(tenant, "client_aborted");
        (await tenant.RequestLogAsync()).GetProperty("http_status").GetInt32().ShouldBe(499);
        tenant.Upstream.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("/v1/messages", false)]
    [InlineData("/v1/messages", true)]
    [InlineData("/v1/chat/completions", false)]
    public async Task F25_a_client_that_reads_no_further_is_cut_and_pays_for_what_it_was_sent(string path, bool isHalfOpen)
    {
        await gateway.SetAsync(("flush_seconds", 1));
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Text(Stream).WithUsage(input: 500, output: 900);
        await using var line = new TcpRelay(gateway.Server.Url.Host, gateway.Server.Url.Port);
        line.Open();
        using var client = tenant.CreateClient(gateway.Server);
        client.BaseAddress = isHalfOpen ? new Uri($"http://127.0.0.1:{line.Port}") : gateway.Server.Url;
        object body = path == "/v1/messages" ? Bodies.Message("hi", stream: true) : Bodies.Chat("hi", stream: true, model: "claude-sonnet-4-5");

        using var response = await client.PostStreamAsync(path, body, Cancel);
        if (isHalfOpen)
        {
            line.Hold();
        }

        await tenant.Upstream.WaitForAbortAsync(cancellationToken: Cancel);
        var record = await IsOverAsync(tenant, "client_aborted");
        record.GetProperty("input_tokens").GetInt64().ShouldBe(500);
        record.GetProperty("output_tokens").GetInt64().ShouldBeGreaterThan(64 * 1024 / 4);
        record.GetProperty("billed_usd").GetDecimal().ShouldBeGreaterThan(0);
        (await gateway.Admin.CooldownReasonsAsync(tenant)).ShouldBeEmpty("the client was slow, not the platform");
        gateway.Server.Output.ShouldNotContain("failed inside the gateway");
    }

    [Fact]
    public async Task F25_a_client_that_does_not_read_a_whole_body_is_cut()
    {
        await gateway.SetAsync(("flush_seconds", 1));
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Text(Whole).WithUsage(input: 500, output: 900);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        var record = await IsOverAsync(tenant, "client_aborted");
        record.GetProperty("output_tokens").GetInt64().ShouldBe(900);
        record.GetProperty("billed_usd").GetDecimal().ShouldBeGreaterThan(0);
        (await gateway.Admin.CooldownReasonsAsync(tenant)).ShouldBeEmpty();
    }

    /// <summary>The only request of the tenant is on record, and its account serves nobody any more.</summary>
    private async Task<System.Text.Json.JsonElement> IsOverAsync(Tenant tenant, string status)
    {
        var record = await tenant.UsageRecordAsync();
        record.GetProperty("status").GetString().ShouldBe(status);
        await gateway.Admin.BecomesIdleAsync(tenant);
        await tenant.Upstream.WaitUntilIdleAsync(Cancel);
        return record;
    }
}
