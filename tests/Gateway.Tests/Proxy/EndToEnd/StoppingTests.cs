using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>A gateway that an orchestrator stops while streams are under way.</summary>
public sealed class StoppingTests(SharedSimulator simulator) : IDisposable
{
    private readonly TempDirectory _data = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task F41_fifty_streams_end_whole_or_with_an_error_and_all_are_on_record()
    {
        await using var gateway = await StartAsync(drainSeconds: 3);
        using var admin = await gateway.CreateAdminClientAsync();
        var (ending, endless) = (await Tenant.OpenAiAsync(admin, simulator.Server), await Tenant.OpenAiAsync(admin, simulator.Server));
        var gate = new Gate();
        ending.Upstream.Default = ScriptedAnswer.Text("one", "two").WithUsage(input: 10, output: 20).HoldAfterEvent(2, gate);
        endless.Upstream.Default = ScriptedAnswer.Text("one", "two").StallAfterEvent(2);
        using var clientOfEnding = ending.CreateClient(gateway);
        using var clientOfEndless = endless.CreateClient(gateway);
        var whole = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => OpenAsync(clientOfEnding)));
        var cut = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => OpenAsync(clientOfEndless)));

        await gateway.SignalAsync("TERM");
        await BecomesUnreadyAsync(admin);
        gate.Open();

        foreach (var response in whole)
        {
            (await response.Content.ReadAsStringAsync(Cancel)).ShouldEndWith("data: [DONE]\n\n");
            response.Dispose();
        }

        foreach (var response in cut)
        {
            (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("The gateway is stopping");
            response.Dispose();
        }

        (await gateway.WaitForExitAsync()).ShouldBe(0);
        Directory.EnumerateFiles(Path.Combine(_data.Path, "spool")).ShouldBeEmpty();
        await using var next = await StartAsync();
        var completed = await RecordsAsync(next, ending);
        completed.Count.ShouldBe(25);
        completed.ShouldAllBe(record => record.GetProperty("status").GetString() == "completed" && record.GetProperty("output_tokens").GetInt64() == 20);
        (await RecordsAsync(next, endless)).Count.ShouldBe(25);
    }

    [Fact]
    public async Task F42_a_second_signal_ends_the_streams_at_once_and_properly()
    {
        await using var gateway = await StartAsync();
        using var admin = await gateway.CreateAdminClientAsync();
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Text("one", "two").StallAfterEvent(2);
        using var client = tenant.CreateClient(gateway);
        using var open = await OpenAsync(client);
        await gateway.SignalAsync("TERM");
        await BecomesUnreadyAsync(admin);

        await gateway.SignalAsync("TERM");

        (await open.Content.ReadAsStringAsync(Cancel)).ShouldContain("The gateway is stopping");
        (await gateway.WaitForExitAsync()).ShouldBe(0);
        await using var next = await StartAsync();
        (await RecordsAsync(next, tenant)).ShouldHaveSingleItem().GetProperty("request_id").GetString().ShouldBe(open.RequestId());
    }

    [Fact]
    public async Task F42_a_gateway_that_is_killed_while_it_drains_leaves_all_to_the_next_one_and_its_exit_code_tells()
    {
        await using var gateway = await StartAsync();
        using var admin = await gateway.CreateAdminClientAsync();
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server);
        using var client = tenant.CreateClient(gateway);
        using (var ended = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel))
        {
            ended.EnsureSuccessStatusCode();
        }

        tenant.Upstream.Default = ScriptedAnswer.Text("one", "two").StallAfterEvent(2);
        using var open = await OpenAsync(client);
        await gateway.SignalAsync("TERM");
        await BecomesUnreadyAsync(admin);

        await gateway.SignalAsync("KILL");

        (await gateway.WaitForExitAsync()).ShouldBe(137);
        await using var next = await StartAsync();
        var records = await RecordsAsync(next, tenant);
        records.Select(record => record.GetProperty("usage_source").GetString()).ShouldBe(["estimated", "reported"]);
        records[0].GetProperty("request_id").GetString().ShouldBe(open.RequestId());
    }

    private Task<GatewayServer> StartAsync(int? drainSeconds = null) => GatewayServer.StartAsync(
        dataDirectory: _data.Path,
        settings: drainSeconds is { } seconds ? new Dictionary<string, string> { ["Gateway:DrainSeconds"] = $"{seconds}" } : null);

    private static Task<HttpResponseMessage> OpenAsync(HttpClient client) =>
        client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true), Cancel);

    private static Task BecomesUnreadyAsync(HttpClient admin) => Eventually.HoldsAsync(async () =>
    {
        try
        {
            using var ready = await admin.GetAsync("/readyz", Cancel);
            return !ready.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return true;
        }
    });

    private static async Task<List<JsonElement>> RecordsAsync(GatewayServer gateway, Tenant tenant)
    {
        using var admin = await gateway.CreateAdminClientAsync();
        return [.. (await admin.GetDataAsync($"/api/admin/usage/records?api_key_id={tenant.ApiKeyId}&limit=100")).GetProperty("items").EnumerateArray()];
    }
}
