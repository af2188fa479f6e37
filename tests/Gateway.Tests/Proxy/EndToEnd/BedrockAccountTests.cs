using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Anthropic.Models.Messages;
using Gateway.Tests.Support;
using OpenAI.Chat;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Clients of each format, unmodified, at Bedrock accounts: Claude models go through InvokeModel, others through Converse.</summary>
public sealed class BedrockAccountTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string Nova = "nova-pro";
    private const string Claude = "claude-sonnet-4-5";
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Nova)]
    [InlineData(Claude)]
    public async Task An_OpenAI_client_calls_tools_in_parallel_and_goes_on(string model)
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);

        (await ToolConversations.ChatAsync(gateway.Server, tenant, model)).ShouldBe("The tool said: sunny get_weather");
    }

    [Theory] // 1,000 tokens in, 400 from the cache, 50 out: at 0.80 and 3.20 US dollars per million (no price for the cache: as input), and at 3.30, 0.33 and 16.50
    [InlineData(Nova, "us.amazon.nova-pro-v1:0", "converse-stream", null)]
    [InlineData(Claude, "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "invoke-with-response-stream", 0.004257)]
    public async Task An_OpenAI_client_streams_and_its_tokens_and_cost_are_on_record(string model, string id, string operation, double? cost)
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Thinking("Hm.", "c2ln").ThenText("Hel", "lo ", "世界 😀").WithUsage(input: 1000, output: 50, cacheRead: 400));

        var text = "";
        ChatTokenUsage? usage = null;
        await foreach (var update in tenant.ChatClient(gateway.Server, model).CompleteChatStreamingAsync([new UserChatMessage("hi")], cancellationToken: Cancel))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
        }

        text.ShouldBe("Hello 世界 😀");
        tenant.Upstream.Refusals.ShouldBeEmpty();
        tenant.Upstream.Requests.Single().Target.ShouldBe($"/model/{id.Replace(":", "%3A", StringComparison.Ordinal)}/{operation}");
        var record = await tenant.UsageRecordAsync();
        record.GetProperty("upstream_model").GetString().ShouldBe(id);
        record.GetProperty("input_tokens").GetInt64().ShouldBe(1000);
        record.GetProperty("cache_read_tokens").GetInt64().ShouldBe(400);
        record.GetProperty("output_tokens").GetInt64().ShouldBe(50);
        record.GetProperty("status").GetString().ShouldBe("completed");
        record.GetProperty("usage_source").GetString().ShouldBe("reported");
        record.GetProperty("platform").GetString().ShouldBe("bedrock");
        if (cost is { } expected)
        {
            record.GetProperty("cost_usd").GetDecimal().ShouldBe((decimal)expected);
        }
    }

    [Theory]
    [InlineData(Nova)]
    [InlineData(Claude)]
    public async Task An_Anthropic_client_gets_the_same_whole_and_streamed(string model)
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        var request = new MessageCreateParams { Model = model, MaxTokens = 100, System = "Be brief.", Messages = [new UserMessageParam { Content = "Hello out there" }] };

        (await tenant.AnthropicClient(gateway.Server).WholeAndStreamedTextAsync(request)).ShouldBe("You said: Hello out there");
        tenant.Upstream.Refusals.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Nova, false)]
    [InlineData(Nova, true)]
    [InlineData(Claude, false)]
    [InlineData(Claude, true)]
    public async Task A_Responses_client_calls_a_tool_and_goes_on(string model, bool stream)
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);

        await ToolConversations.RespondAsync(gateway.Server, tenant, model, stream);
    }

    [Theory]
    [InlineData("gpt-oss-120b")]
    [InlineData("claude-sonnet-4-6")]
    public async Task Reasoning_goes_back_with_its_signature(string model)
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(new ScriptedAnswer
        {
            Parts = [new ThinkingPart(["I need a tool."], "c2lnbmVk"), new RedactedThinkingPart("c2VjcmV0"), new ToolCallPart("look", [])],
        });
        using var client = tenant.CreateClient(gateway.Server);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        var body = JsonNode.Parse($$"""
            {"model":"{{model}}","max_tokens":1000,"thinking":{"type":"adaptive"},"tools":[{"name":"look","input_schema":{"type":"object"} }],"messages":[{"role":"user","content":"Look"}]}
            """)!;

        using var first = await client.PostAsJsonAsync("/v1/messages", body, Cancel);
        var answer = (await first.Content.ReadFromJsonAsync<JsonNode>(Cancel))!;
        body["messages"]!.AsArray().Add(new JsonObject { ["role"] = "assistant", ["content"] = answer["content"]!.DeepClone() });
        body["messages"]!.AsArray().Add(new JsonObject
        {
            ["role"] = "user",
            ["content"] = new JsonArray(new JsonObject
            {
                ["type"] = "tool_result",
                ["tool_use_id"] = answer["content"]![2]!["id"]!.GetValue<string>(),
                ["is_error"] = true,
                ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "dark" }),
            }),
        });
        using var second = await client.PostAsJsonAsync("/v1/messages", body, Cancel);

        second.StatusCode.ShouldBe(HttpStatusCode.OK, await second.Content.ReadAsStringAsync(Cancel));
        tenant.Upstream.Refusals.ShouldBeEmpty();
        answer["content"]!.AsArray().Select(block => block!["type"]!.GetValue<string>()).ShouldBe(["thinking", "redacted_thinking", "tool_use"]);
        var sent = tenant.Upstream.Requests[1].Text;
        sent.ShouldContain("\"signature\":\"c2lnbmVk\"");
        sent.ShouldContain("c2VjcmV0");
        sent.ShouldContain(model[0] == 'g' ? "\"status\":\"error\"" : "\"is_error\":true");
    }

    [Theory]
    [InlineData(Nova)]
    [InlineData(Claude)]
    public async Task Images_results_with_images_and_errors_and_instructions_between_messages(string model)
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        var body = JsonNode.Parse($$$"""
            {"model":"{{{model}}}","max_tokens":100,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],
             "tools":[{"name":"look","input_schema":{"type":"object"}}],"messages":[
              {"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{Png}}}"}},{"type":"text","text":"What is it?"}]},
              {"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"look","input":{}},{"type":"tool_use","id":"toolu_2","name":"look","input":{"x":1}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"seen"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{Png}}}"}}]},
                {"type":"tool_result","tool_use_id":"toolu_2","is_error":true,"content":"broken"}]},
              {"role":"assistant","content":"It is dark."},{"role":"user","content":"And now?"},{"role":"system","content":[{"type":"text","text":"Be kind."}]}]}
            """)!;

        using var response = await client.PostAsJsonAsync("/v1/messages", body, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancel));
        tenant.Upstream.Refusals.ShouldBeEmpty();
        tenant.Upstream.Requests[0].Json.GetProperty("messages").EnumerateArray().Last().GetRawText().ShouldContain("<system-reminder>\\nBe kind.\\n</system-reminder>");
    }

    [Theory] // model, where the schema stands in what is sent, what the client is told
    [InlineData("qwen3-32b", "\"outputConfig\":{\"textFormat\"", null)]
    [InlineData(Nova, "\"toolChoice\":{\"tool\":{\"name\":\"emit_json\"}}", null)]
    [InlineData("claude-sonnet-4-5", "\"output_config\":{\"format\"", null)]
    [InlineData("claude-opus-5", "Reply with a single JSON value", "response_format")]
    public async Task A_structured_answer_is_asked_for_as_the_model_takes_it(string model, string sent, string? dropped)
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(model == Nova ? ScriptedAnswer.ToolCall("emit_json", "{\"x\"", ":1}") : ScriptedAnswer.Text("{\"x\":1}"));
        using var client = tenant.CreateClient(gateway.Server);
        var schema = new { type = "object", properties = new { x = new { type = "integer" } }, required = new[] { "x" } };

        using var response = await client.PostAsJsonAsync(
            "/v1/chat/completions",
            new { model, messages = new[] { new { role = "user", content = "x?" } }, response_format = new { type = "json_schema", json_schema = new { name = "a", schema } } },
            Cancel);

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("{\\\"x\\\":1}");
        tenant.Upstream.Refusals.ShouldBeEmpty();
        tenant.Upstream.Requests[0].Text.ShouldContain(sent);
        (response.Headers.TryGetValues("x-gateway-dropped", out var names) ? names.Single() : null).ShouldBe(dropped);
    }

    [Theory]
    [InlineData(Nova)]
    [InlineData(Claude)]
    public async Task An_answer_that_the_limit_cut_is_said_to_be_cut(string model)
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Text("Once upon").WithStopReason("max_tokens");
        using var client = tenant.CreateClient(gateway.Server);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");

        (await TextAsync("/v1/chat/completions", Bodies.Chat("hi", model: model))).ShouldContain("\"finish_reason\":\"length\"");
        (await TextAsync("/v1/messages", Bodies.Message("hi", model: model))).ShouldContain("\"stop_reason\":\"max_tokens\"");
        (await TextAsync("/v1/messages", Bodies.Message("hi", stream: true, model: model))).ShouldContain("\"stop_reason\":\"max_tokens\"");
        (await TextAsync("/v1/responses", new { model, input = "hi" })).ShouldContain("max_output_tokens");

        async Task<string> TextAsync(string path, object body)
        {
            using var response = await client.PostAsJsonAsync(path, body, Cancel);
            return await response.Content.ReadAsStringAsync(Cancel);
        }
    }
}
