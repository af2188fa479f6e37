using System.Net;
using System.Net.Http.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Nothing is lost and nothing is counted twice when a gateway ends, properly or not.</summary>
public sealed class RecoveryTests(SharedSimulator simulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_next_start_finds_users_keys_accounts_and_usage_again()
    {
        using var data = new TempDirectory();
        await using var first = await GatewayServer.StartAsync(dataDirectory: data.Path);
        using var admin = await first.CreateAdminClientAsync();
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server);
        using (var client = tenant.CreateClient(first))
        {
            using var answer = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);
            answer.EnsureSuccessStatusCode();
        }

        var before = await tenant.UsageRecordAsync();
        (await first.StopAsync()).ShouldBe(0);
        Directory.EnumerateFiles(Path.Combine(data.Path, "spool")).ShouldBeEmpty();

        await using var second = await GatewayServer.StartAsync(dataDirectory: data.Path);
        using var again = await second.CreateAdminClientAsync();

        var records = await again.GetDataAsync($"/api/admin/usage/records?api_key_id={tenant.ApiKeyId}");
        records.GetProperty("items").EnumerateArray().Single().GetRawText().ShouldBe(before.GetRawText());
        using var anew = tenant.CreateClient(second);
        using var response = await anew.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);
        response.EnsureSuccessStatusCode();
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_killed_gateway_loses_no_ended_request_and_estimates_the_one_under_way(StorageKind storage) // F03, F05
    {
        using var data = new TempDirectory();
        using var store = storage == StorageKind.Servers ? TestStorage.Create() : null;
        await using var first = await GatewayServer.StartAsync(storage, dataDirectory: data.Path, store: store);
        using var admin = await first.CreateAdminClientAsync();
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server);
        using var client = tenant.CreateClient(first);
        using (var ended = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel))
        {
            ended.EnsureSuccessStatusCode();
            await tenant.UsageRecordAsync(ended.RequestId());
        }

        tenant.Upstream.Enqueue(ScriptedAnswer.Text("one", "two").StallAfterEvent(2));
        using var open = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("a longer question", stream: true), Cancel);
        await first.SignalAsync("KILL");
        await first.WaitForExitAsync();

        await using var second = await GatewayServer.StartAsync(storage, dataDirectory: data.Path, store: store);
        using var again = await second.CreateAdminClientAsync();
        await again.PostDataAsync("/api/admin/sync", new { });

        var records = (await again.GetDataAsync($"/api/admin/usage/records?api_key_id={tenant.ApiKeyId}")).GetProperty("items").EnumerateArray().ToList();
        records.Count.ShouldBe(2);
        records[0].GetProperty("request_id").GetString().ShouldBe(open.RequestId());
        records[0].GetProperty("usage_source").GetString().ShouldBe("estimated");
        records[0].GetProperty("status").GetString().ShouldBe("upstream_failed");
        records[0].GetProperty("billed_usd").GetDecimal().ShouldBe(0);
        records[0].GetProperty("attempts").GetInt32().ShouldBe(1);
        records[1].GetProperty("status").GetString().ShouldBe("completed");
        var log = (await again.GetDataAsync($"/api/admin/request-logs?request_id={open.RequestId()}")).GetProperty("items")[0];
        log.GetProperty("http_status").GetInt32().ShouldBe(500);
        log.GetProperty("error_kind").GetString().ShouldBe("server");
        var usage = await again.GetDataAsync($"/api/admin/usage?api_key_id={tenant.ApiKeyId}");
        usage.GetProperty("totals").GetProperty("requests").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task F03_what_a_long_answer_had_used_when_its_gateway_was_killed_is_on_record()
    {
        using var data = new TempDirectory();
        await using var first = await GatewayServer.StartAsync(dataDirectory: data.Path);
        using var admin = await first.CreateAdminClientAsync();
        await admin.PutDataAsync("/api/admin/configs/metering.progress_seconds", new { value = 1 });
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server);
        using var client = tenant.CreateClient(first);
        var words = Enumerable.Range(0, 400).Select(i => $"word{i} ").ToArray();
        tenant.Upstream.Enqueue(ScriptedAnswer.Text(words).DelayBetweenEvents(TimeSpan.FromMilliseconds(20)));
        using var open = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("tell me more", stream: true), Cancel);
        await Eventually.HoldsAsync(() => SpooledAtLeast(data.Path, open.RequestId(), 3));

        await first.SignalAsync("KILL");
        await first.WaitForExitAsync();
        await using var second = await GatewayServer.StartAsync(dataDirectory: data.Path);

        using var again = await second.CreateAdminClientAsync();
        var record = (await again.GetDataAsync($"/api/admin/usage/records?api_key_id={tenant.ApiKeyId}")).GetProperty("items").EnumerateArray().Single();
        record.GetProperty("usage_source").GetString().ShouldBe("estimated");
        record.GetProperty("output_tokens").GetInt64().ShouldBeGreaterThan(20);
        record.GetProperty("cost_usd").GetDecimal().ShouldBeGreaterThan(0);
        record.GetProperty("billed_usd").GetDecimal().ShouldBe(0);

        static bool SpooledAtLeast(string data, string requestId, int times) => Directory.GetFiles(Path.Combine(data, "spool"), "*.spool")
            .Sum(path =>
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                using var reader = new StreamReader(file, System.Text.Encoding.Latin1);
                return reader.ReadToEnd().Split(requestId).Length - 1;
            }) >= times;
    }

    [Fact]
    public async Task F36_an_instance_whose_spool_failed_gets_traffic_again_without_having_had_any()
    {
        using var data = new TempDirectory();
        await using var gateway = await GatewayServer.StartAsync(dataDirectory: data.Path);
        using var admin = await gateway.CreateAdminClientAsync();
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server);
        using var client = tenant.CreateClient(gateway);
        var spool = Path.Combine(data.Path, "spool");
        Directory.Delete(spool);
        await File.WriteAllTextAsync(spool, "in the way", Cancel);
        using (var refused = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }

        using (var unready = await admin.GetAsync("/readyz", Cancel))
        {
            unready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }

        File.Delete(spool);

        await Eventually.HoldsAsync(async () =>
        {
            using var ready = await admin.GetAsync("/readyz", Cancel);
            return ready.IsSuccessStatusCode;
        });
        using var answer = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);
        answer.EnsureSuccessStatusCode();
        tenant.Upstream.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Ctrl_C_ends_an_open_stream_within_five_seconds_and_says_why()
    {
        await using var gateway = await GatewayServer.StartAsync(settings: new Dictionary<string, string> { ["Gateway:DrainSeconds"] = "1" });
        using var admin = await gateway.CreateAdminClientAsync();
        var tenant = await Tenant.ClaudeAsync(admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("one", "two").StallAfterEvent(4));
        using var client = tenant.CreateClient(gateway);

        using var response = await client.PostStreamAsync("/v1/messages", Bodies.Message("hi", stream: true), Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        while (!(await reader.ReadLineAsync(Cancel))!.Contains("one", StringComparison.Ordinal))
        {
        }

        await gateway.SignalAsync("INT");
        var rest = await reader.ReadToEndAsync(Cancel);

        rest.ShouldContain("event: error");
        rest.ShouldContain("The gateway is stopping");
        (await gateway.WaitForExitAsync()).ShouldBe(0);
        await tenant.Upstream.WaitForAbortAsync(cancellationToken: Cancel);
    }

    [Fact]
    public async Task A_stream_that_ends_in_time_is_whole_though_the_gateway_is_stopping()
    {
        await using var gateway = await GatewayServer.StartAsync();
        using var admin = await gateway.CreateAdminClientAsync();
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server);
        var gate = new Gate();
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("one", "two").HoldAfterEvent(2, gate));
        using var client = tenant.CreateClient(gateway);

        using var response = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true), Cancel);
        await gateway.SignalAsync("INT");
        await Eventually.HoldsAsync(async () =>
        {
            using var ready = await admin.GetAsync("/readyz", Cancel).ContinueWith(task => task.IsCompletedSuccessfully ? task.Result : null, TaskScheduler.Default);
            return ready is null || !ready.IsSuccessStatusCode;
        });
        gate.Open();

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldEndWith("data: [DONE]\n\n");
        (await gateway.WaitForExitAsync()).ShouldBe(0);
    }
}
