using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Clients of responses on accounts that do not speak them, and other clients on accounts that are asked by responses.</summary>
public sealed class ResponsesConversionTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private static readonly object[] ChatTools = [new { type = "function", function = new { name = "get_weather", parameters = new { type = "object", properties = new { } } } }];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_official_client_works_on_a_Claude_account(bool stream)
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);

        await ToolConversations.RespondAsync(gateway.Server, tenant, "claude-sonnet-4-5", stream);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bug_65_a_chat_client_with_tools_and_reasoning_is_served_by_responses(bool stream)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Thinking("Hm.").ThenToolCall("get_weather", "{\"a\":1}").WithUsage(input: 600, output: 50, cacheRead: 400));

        using var response = await client.PostAsJsonAsync(
            "/v1/chat/completions", new { model = "gpt-5.4", stream, tools = ChatTools, messages = new[] { new { role = "user", content = "hi" } } }, Cancel);

        var text = await response.Content.ReadAsStringAsync(Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        text.ShouldContain("\"finish_reason\":\"tool_calls\"");
        text.ShouldContain("\"reasoning_content\":\"Hm.\"");
        tenant.Upstream.Requests.Single().Path.ShouldBe("/v1/responses");
        var record = await tenant.UsageRecordAsync();
        record.GetProperty("input_tokens").GetInt64().ShouldBe(600);
        record.GetProperty("cache_read_tokens").GetInt64().ShouldBe(400);
        record.GetProperty("output_tokens").GetInt64().ShouldBe(50);
    }

    [Theory]
    [InlineData("gpt-5.4", null, true, null, "/v1/chat/completions")]
    [InlineData("gpt-5.4", "none", true, null, "/v1/chat/completions")]
    [InlineData("gpt-5-mini", null, true, null, "/v1/chat/completions")]
    [InlineData("gpt-5-mini", null, true, "responses", "/v1/responses")]
    [InlineData("gpt-4o-mini", null, false, "responses", "/v1/responses")]
    public async Task Otherwise_the_account_decides(string model, string? effort, bool withTools, string? upstream, string path)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { options = new { chat_upstream = upstream } });
        using var client = tenant.CreateClient(gateway.Server);
        var body = new Dictionary<string, object?> { ["model"] = model, ["messages"] = new[] { new { role = "user", content = "hi" } } };
        if (withTools && (model != "gpt-5.4" || effort == "none"))
        {
            body["tools"] = ChatTools;
        }

        if (effort is not null)
        {
            body["reasoning_effort"] = effort;
        }

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", body, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        tenant.Upstream.Requests.Single().Path.ShouldBe(path);
    }

    [Fact]
    public async Task A_server_that_has_chat_only_serves_clients_of_responses()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { options = new { chat_upstream = "chat" } });
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/responses", new { model = "gpt-4o-mini", input = "hi" }, Cancel);

        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString().ShouldBe("You said: hi");
        tenant.Upstream.Requests.Single().Path.ShouldBe("/v1/chat/completions");
    }

    [Fact]
    public async Task A_Claude_client_keeps_its_reasoning_over_the_turns_of_a_tool_loop()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Thinking("Hm.", "secret").ThenToolCall("f", "{}"), ScriptedAnswer.Text("done"));
        var tools = new[] { new { name = "f", input_schema = new { type = "object" } } };
        var thinking = new { type = "adaptive" };
        object user = new { role = "user", content = "hi" };

        using var first = await client.PostAsJsonAsync("/v1/messages", new { model = "gpt-5.4", max_tokens = 1000, thinking, tools, messages = new[] { user } }, Cancel);
        var answer = await first.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var content = answer.GetProperty("content");
        object result = new { role = "user", content = new[] { new { type = "tool_result", tool_use_id = content[1].GetProperty("id").GetString(), content = "ok" } } };
        using var second = await client.PostAsJsonAsync(
            "/v1/messages", new { model = "gpt-5.4", max_tokens = 1000, thinking, tools, messages = new[] { user, new { role = "assistant", content }, result } }, Cancel);

        answer.GetProperty("stop_reason").GetString().ShouldBe("tool_use");
        content[0].GetProperty("thinking").GetString().ShouldBe("Hm.");
        (await second.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("content")[0].GetProperty("text").GetString().ShouldBe("done");
        var input = tenant.Upstream.Requests[1].Json.GetProperty("input");
        input[1].GetProperty("encrypted_content").GetString().ShouldBe("secret");
        tenant.Upstream.Refusals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Bug_84_a_converted_stream_that_is_cut_ends_with_response_failed_and_what_was_whole()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("one").ThenText("a ", "b ", "c ").CutAfterEvent(7));

        using var response = await client.PostAsJsonAsync("/v1/responses", new { model = "claude-sonnet-4-5", stream = true, input = "hi" }, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(next => JsonElement.Parse(next[(next.IndexOf("data: ", StringComparison.Ordinal) + 6)..])).ToList();

        events[^1].GetProperty("type").GetString().ShouldBe("response.failed");
        events.Select(next => next.GetProperty("sequence_number").GetInt32()).ShouldBe(Enumerable.Range(0, events.Count));
        events[^1].GetProperty("response").GetProperty("output").GetArrayLength().ShouldBe(1);
        events[^1].GetProperty("response").GetProperty("id").GetString().ShouldBe(events[0].GetProperty("response").GetProperty("id").GetString());
    }
}
