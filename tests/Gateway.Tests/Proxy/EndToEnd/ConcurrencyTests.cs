using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;
using StackExchange.Redis;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Limits on requests at the same time, of keys and of accounts.</summary>
public sealed class ConcurrencyTests(GatewayOfEach gateways, SharedSimulator simulator) : IClassFixture<GatewayOfEach>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_request_beyond_the_keys_limit_waits_for_its_turn(StorageKind storage)
    {
        var (gateway, _) = await GatewayAsync(storage);
        var tenant = await Tenant.OpenAiAsync(await gateway.CreateAdminClientAsync(), simulator.Server, key: new { max_concurrency = 1 });
        using var client = tenant.CreateClient(gateway);
        var gate = new Gate();
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("first").HoldHeaders(gate));

        var first = AskAsync(client);
        await gate.WaitUntilReachedAsync(Cancel);
        var second = AskAsync(client);
        gate.Open();
        using var answers = await first;
        using var answer = await second;

        answers.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        tenant.Upstream.PeakInFlight.ShouldBe(1);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_request_that_waits_too_long_for_its_key_is_told_so_and_another_key_is_not_concerned(StorageKind storage)
    {
        var (gateway, admin) = await GatewayAsync(storage);
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server, key: new { max_concurrency = 1 });
        var other = await Tenant.OpenAiAsync(admin, simulator.Server, key: new { max_concurrency = 1 });
        using var client = tenant.CreateClient(gateway);
        using var otherClient = other.CreateClient(gateway);
        var gate = new Gate();
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("first").HoldHeaders(gate));

        var first = AskAsync(client);
        await gate.WaitUntilReachedAsync(Cancel);
        using var refused = await AskAsync(client);
        using var otherAnswer = await AskAsync(otherClient);
        gate.Open();
        using var answer = await first;
        using var next = await AskAsync(client);

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 10);
        var error = (await refused.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe("rate_limit_exceeded");
        error.GetProperty("message").GetString()!.ShouldContain("max_concurrency");
        otherAnswer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        next.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task When_all_accounts_are_busy_requests_wait_and_are_then_told_so(StorageKind storage)
    {
        var (gateway, admin) = await GatewayAsync(storage);
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server, account: new { max_concurrency = 1 });
        var (second, secondId) = await tenant.AddAccountAsync(simulator.Server, "openai", new { max_concurrency = 1 });
        using var client = tenant.CreateClient(gateway);
        var (gate, otherGate) = (new Gate(), new Gate());
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("one").HoldHeaders(gate));
        second.Enqueue(ScriptedAnswer.Text("two").HoldHeaders(otherGate));

        var first = AskAsync(client);
        var other = AskAsync(client);
        await Task.WhenAll(gate.WaitUntilReachedAsync(Cancel), otherGate.WaitUntilReachedAsync(Cancel));
        using var refused = await AskAsync(client);
        var waits = AskAsync(client);
        otherGate.Open();
        using var waited = await waits;
        gate.Open();
        using var answer = await first;
        using var otherAnswer = await other;

        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        waited.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await tenant.UsageRecordAsync(waited.RequestId())).GetProperty("account_id").GetInt64().ShouldBe(secondId);
        (await tenant.RequestLogAsync(refused.RequestId())).GetProperty("trace").GetProperty("passed_over").EnumerateArray()
            .Select(account => account.GetProperty("state").GetString()).ShouldBe(["busy", "busy"]);
        (tenant.Upstream.PeakInFlight, second.PeakInFlight).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_client_that_leaves_the_queue_takes_no_slot()
    {
        var (gateway, admin) = await GatewayAsync(StorageKind.Embedded);
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server, account: new { max_concurrency = 1 });
        using var client = tenant.CreateClient(gateway);
        var gate = new Gate();
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("one").HoldHeaders(gate));
        var first = AskAsync(client);
        await gate.WaitUntilReachedAsync(Cancel);

        using var leaving = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Should.ThrowAsync<OperationCanceledException>(() => client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), leaving.Token));
        (await tenant.RequestLogAsync()).GetProperty("http_status").GetInt32().ShouldBe(499); // The gateway has noticed.
        gate.Open();
        using var answer = await first;
        using var next = await AskAsync(client);

        next.StatusCode.ShouldBe(HttpStatusCode.OK);
        tenant.Upstream.Requests.Count.ShouldBe(2);
        await Eventually.HoldsAsync(async () => (await admin.GetDataAsync($"/api/admin/accounts/{tenant.AccountId}")).GetProperty("in_flight").GetInt32() == 0);
    }

    [Fact]
    public async Task Every_instance_shows_the_requests_of_all()
    {
        using var store = TestStorage.Create();
        await using var here = await GatewayServer.StartAsync(StorageKind.Servers, store: store);
        await using var there = await GatewayServer.StartAsync(StorageKind.Servers, store: store);
        using var admin = await here.CreateAdminClientAsync();
        using var adminThere = await there.CreateAdminClientAsync();
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server);
        using var client = tenant.CreateClient(here);
        using var clientThere = tenant.CreateClient(there);
        await Eventually.HoldsAsync(async () => (await AskAsync(clientThere)).StatusCode == HttpStatusCode.OK);
        var gate = new Gate();
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("one").HoldHeaders(gate), ScriptedAnswer.Text("two").HoldHeaders(gate));

        var answers = new[] { AskAsync(client), AskAsync(clientThere) };
        await Eventually.HoldsAsync(async () => await InFlightAsync(admin) == 2 && await InFlightAsync(adminThere) == 2);
        gate.Open();
        await Task.WhenAll(answers);

        await Eventually.HoldsAsync(async () => await InFlightAsync(admin) == 0 && await InFlightAsync(adminThere) == 0);

        async Task<int> InFlightAsync(HttpClient client) => (await client.GetDataAsync($"/api/admin/accounts/{tenant.AccountId}")).GetProperty("in_flight").GetInt32();
    }

    [Fact]
    public async Task AC_32_a_stream_that_waits_in_the_queue_gets_signs_of_life()
    {
        await using var gateway = await GatewayServer.StartAsync();
        using var admin = await gateway.CreateAdminClientAsync();
        await admin.PutDataAsync("/api/admin/configs/proxy.commit_after_seconds", new { value = 1 });
        await admin.PutDataAsync("/api/admin/configs/proxy.keep_alive_seconds", new { value = 1 });
        await admin.PutDataAsync("/api/admin/configs/scheduling.queue_seconds", new { value = 60 });
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server, key: new { max_concurrency = 2 }, account: new { max_concurrency = 1 });
        using var client = tenant.CreateClient(gateway);
        var gate = new Gate();
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("first").HoldHeaders(gate));
        var first = AskAsync(client);
        await gate.WaitUntilReachedAsync(Cancel);

        using var ofAccount = await StreamAsync();
        using var ofKey = await StreamAsync();
        gate.Open();

        (await ofAccount.Content.ReadAsStringAsync(Cancel)).ShouldContain("[DONE]");
        (await ofKey.Content.ReadAsStringAsync(Cancel)).ShouldContain("[DONE]");
        (await first).Dispose();

        // Its status comes while it waits.
        async Task<HttpResponseMessage> StreamAsync()
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(Bodies.Chat("hi", stream: true)) };
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        }
    }

    [Fact]
    public async Task Counting_tokens_needs_no_slot()
    {
        var (gateway, admin) = await GatewayAsync(StorageKind.Embedded);
        var tenant = await Tenant.ClaudeAsync(admin, simulator.Server, key: new { max_concurrency = 1 }, account: new { max_concurrency = 1 });
        using var client = tenant.CreateClient(gateway);
        var gate = new Gate();
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("one").HoldHeaders(gate).For("/v1/messages"));
        var first = client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi"), Cancel);
        await gate.WaitUntilReachedAsync(Cancel);

        using var count = await client.PostAsJsonAsync("/v1/messages/count_tokens", new { model = "claude-sonnet-4-5", messages = new[] { new { role = "user", content = "hi" } } }, Cancel);
        gate.Open();
        using var answer = await first;

        count.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    /// <summary>With a queue that nobody waits in for long.</summary>
    private async Task<(GatewayServer Gateway, HttpClient Admin)> GatewayAsync(StorageKind storage)
    {
        var gateway = await gateways.OnAsync(storage);
        var admin = await gateway.CreateAdminClientAsync();
        await admin.PutDataAsync("/api/admin/configs/scheduling.queue_seconds", new { value = 2 });
        return (gateway, admin);
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient client) => client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);
}
