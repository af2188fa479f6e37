using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Upstreams that think for long, and clients that wait.</summary>
public sealed class KeepAliveTests(SharedSimulator simulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F24_a_client_that_leaves_a_silent_stream_ends_it_upstream_and_is_on_record()
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

    [Fact]
    public async Task F22_signs_of_life_do_not_keep_a_dead_upstream_alive()
    {
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        await SetAsync(admin, ("keep_alive_seconds", 1), ("commit_after_seconds", 1), ("idle_seconds", 3), ("flush_seconds", 600));
        var tenant = await Tenant.ClaudeAsync(admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Text("Hello").StallAfterEvent(3);
        using var client = tenant.CreateClient(server);

        using var response = await client.PostStreamAsync("/v1/messages", Bodies.Message("hi", stream: true), Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);

        text.ShouldContain("event: ping");
        text.ShouldContain("\"timeout_error\"");
        text.ShouldNotContain("message_stop");
    }

    [Theory]
    [InlineData("gemini")]
    [InlineData("openai")]
    public async Task AC_32_a_platform_that_sends_no_status_line_for_long_is_waited_for_with_signs_of_life(string platform)
    {
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        await SetAsync(admin, ("keep_alive_seconds", 1), ("commit_after_seconds", 1));
        var tenant = await Tenant.OfAsync(platform, admin, simulator.Server, account: new { models = new[] { "thinker" }, model_mapping = Mapping(platform) });
        var gate = new Gate();
        tenant.Upstream.Default = ScriptedAnswer.Text("Hello").HoldHeaders(gate);
        using var client = tenant.CreateClient(server);

        using var response = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true, model: "thinker"), Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        (await reader.ReadLineAsync(Cancel)).ShouldBe(": keep-alive");
        gate.Open();
        var text = await reader.ReadToEndAsync(Cancel);

        text.ShouldContain("Hello");
        text.ShouldEndWith("data: [DONE]\n\n");
        (await tenant.UsageRecordAsync(response.RequestId())).GetProperty("status").GetString().ShouldBe("completed");
    }

    [Fact]
    public async Task A_client_that_has_got_signs_of_life_only_can_still_be_answered_by_another_account()
    {
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        await SetAsync(admin, ("keep_alive_seconds", 1), ("commit_after_seconds", 1));
        var tenant = await Tenant.ClaudeAsync(admin, simulator.Server, account: new { priority = 1 });
        var (second, _) = await tenant.AddAccountAsync(simulator.Server, "claude");
        var gate = new Gate();
        tenant.Upstream.Default = ScriptedAnswer.Error(529).HoldHeaders(gate);
        second.Default = ScriptedAnswer.Text("Hello");
        using var client = tenant.CreateClient(server);

        using var response = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true, model: "claude-sonnet-4-5"), Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        (await reader.ReadLineAsync(Cancel)).ShouldBe(": keep-alive");
        gate.Open();

        (await reader.ReadToEndAsync(Cancel)).ShouldContain("Hello");
    }

    [Theory]
    [InlineData("/v1/chat/completions", "\"error\":")]
    [InlineData("/v1/messages", "event: error")]
    [InlineData("/v1/responses", "response.failed")]
    public async Task AC_32_a_failure_after_signs_of_life_is_told_inside_the_stream(string path, string error)
    {
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        await SetAsync(admin, ("keep_alive_seconds", 1), ("commit_after_seconds", 1));
        var tenant = await Tenant.ClaudeAsync(admin, simulator.Server);
        var gate = new Gate();
        tenant.Upstream.Default = ScriptedAnswer.Error(400, message: "This is wrong.").HoldHeaders(gate);
        using var client = tenant.CreateClient(server);
        object body = path switch
        {
            "/v1/messages" => Bodies.Message("hi", stream: true),
            "/v1/responses" => new { model = "claude-sonnet-4-5", stream = true, input = "hi" },
            _ => Bodies.Chat("hi", stream: true, model: "claude-sonnet-4-5"),
        };

        using var response = await client.PostStreamAsync(path, body, Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        await reader.ReadLineAsync(Cancel);
        gate.Open();
        var text = await reader.ReadToEndAsync(Cancel);

        text.ShouldContain(error);
        text.ShouldContain("This is wrong.");
        text.ShouldNotContain("[DONE]");
    }

    private static Dictionary<string, string> Mapping(string platform) => new() { ["thinker"] = platform == "gemini" ? "gemini-2.5-flash" : "gpt-4o-mini" };

    private static async Task SetAsync(HttpClient admin, params (string Name, int Value)[] settings)
    {
        foreach (var (name, value) in settings)
        {
            await admin.PutDataAsync($"/api/admin/configs/proxy.{name}", new { value });
        }
    }
}
