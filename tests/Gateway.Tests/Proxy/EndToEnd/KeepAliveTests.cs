using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Upstreams that think for long, and clients that wait.</summary>
public sealed class KeepAliveTests(SharedSimulator simulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_leaves_a_silent_stream_ends_it_upstream_and_is_on_record()
    {
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        await admin.PutDataAsync("/api/admin/configs/proxy.keep_alive_seconds", new { value = 1 });
        await admin.PutDataAsync("/api/admin/configs/proxy.commit_after_seconds", new { value = 1 });
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Text("never").StallAfterEvent(0);
        using var client = tenant.CreateClient(server);

        string requestId;
        using (var response = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true), Cancel))
        {
            requestId = response.RequestId();
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
            (await reader.ReadLineAsync(Cancel)).ShouldBe(": keep-alive");
        }

        await tenant.Upstream.WaitForAbortAsync(cancellationToken: Cancel);
        (await tenant.UsageRecordAsync(requestId)).GetProperty("status").GetString().ShouldBe("client_aborted");
        server.Output.ShouldNotContain("failed inside the gateway");
    }

    [Fact]
    public async Task An_upstream_that_falls_silent_is_given_up_however_often_its_client_hears_something()
    {
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        await admin.PutDataAsync("/api/admin/configs/proxy.keep_alive_seconds", new { value = 1 });
        await admin.PutDataAsync("/api/admin/configs/proxy.idle_seconds", new { value = 3 });
        var tenant = await Tenant.ClaudeAsync(admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Text("Hello", "never").StallAfterEvent(3);
        using var client = tenant.CreateClient(server);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(20));

        using var response = await client.PostStreamAsync("/v1/messages", Bodies.Message("hi", stream: true), limit.Token);
        var text = await response.Content.ReadAsStringAsync(limit.Token);

        text.ShouldContain("event: ping");
        text.ShouldContain("timeout_error");
        (await tenant.RequestLogAsync(response.RequestId())).GetProperty("error_kind").GetString().ShouldBe("timeout");
    }

    [Theory]
    [InlineData("claude", 0)]
    [InlineData("claude", 2)]
    [InlineData("openai", 0)]
    [InlineData("openai", 2)]
    public async Task Bug_1_a_client_of_a_silent_stream_gets_signs_of_life_and_then_the_answer(string platform, int eventsBefore)
    {
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        await admin.PutDataAsync("/api/admin/configs/proxy.keep_alive_seconds", new { value = 1 });
        await admin.PutDataAsync("/api/admin/configs/proxy.commit_after_seconds", new { value = 1 });
        var isClaude = platform == "claude";
        var tenant = isClaude ? await Tenant.ClaudeAsync(admin, simulator.Server) : await Tenant.OpenAiAsync(admin, simulator.Server);
        var gate = new Gate();
        tenant.Upstream.Default = ScriptedAnswer.Text("Hello").HoldAfterEvent(eventsBefore, gate);
        using var client = tenant.CreateClient(server);

        using var response = isClaude
            ? await client.PostStreamAsync("/v1/messages", Bodies.Message("hi", stream: true), Cancel)
            : await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true), Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        var sign = isClaude ? "event: ping" : ": keep-alive";
        var text = "";
        for (var signs = 0; signs < 2;)
        {
            var line = await reader.ReadLineAsync(Cancel);
            text += line + "\n";
            signs += line == sign ? 1 : 0;
        }

        gate.Open();
        text += await reader.ReadToEndAsync(Cancel);

        text.ShouldContain("Hello");
        text.ShouldContain(isClaude ? "message_stop" : "[DONE]");
        (await tenant.UsageRecordAsync(response.RequestId())).GetProperty("status").GetString().ShouldBe("completed");
    }
}
