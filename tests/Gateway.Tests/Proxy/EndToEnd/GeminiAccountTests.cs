using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic.Models.Messages;
using Gateway.Tests.Support;
using OpenAI.Chat;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Clients of other formats, unmodified, at Gemini accounts.</summary>
public sealed class GeminiAccountTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string Model = "gemini-3-pro-preview";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Model)]
    [InlineData("gemini-2.5-flash")]
    public async Task An_OpenAI_client_calls_a_tool_and_goes_on(string model)
    {
        var tenant = await Tenant.GeminiAsync(gateway.Admin, simulator.Server);

        (await ToolConversations.ChatAsync(gateway.Server, tenant, model)).ShouldBe("The tool said: sunny get_time");
    }

    [Fact]
    public async Task An_OpenAI_client_streams_and_its_tokens_and_cost_are_on_record()
    {
        var tenant = await Tenant.GeminiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Thinking("Hm.", "c2ln").ThenText("Hel", "lo ", "世界").WithUsage(input: 1000, output: 50, cacheRead: 400, reasoning: 20));

        var text = "";
        ChatTokenUsage? usage = null;
        await foreach (var update in tenant.ChatClient(gateway.Server, "gemini-2.5-flash").CompleteChatStreamingAsync([new UserChatMessage("hi")], cancellationToken: Cancel))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
        }

        text.ShouldBe("Hello 世界");
        tenant.Upstream.Refusals.ShouldBeEmpty();
        tenant.Upstream.Requests.Single().Path.ShouldBe("/v1beta/models/gemini-2.5-flash:streamGenerateContent");
        var record = await tenant.UsageRecordAsync();
        record.GetProperty("input_tokens").GetInt64().ShouldBe(1000);
        record.GetProperty("cache_read_tokens").GetInt64().ShouldBe(400);
        record.GetProperty("output_tokens").GetInt64().ShouldBe(50);
        record.GetProperty("status").GetString().ShouldBe("completed");
        record.GetProperty("usage_source").GetString().ShouldBe("reported");

        // 1,000 tokens at 0.30, 400 at 0.03 and 50 at 2.50 US dollars per million.
        record.GetProperty("cost_usd").GetDecimal().ShouldBe(0.000437m);
    }

    [Fact]
    public async Task An_Anthropic_client_gets_the_same_whole_and_streamed()
    {
        var tenant = await Tenant.GeminiAsync(gateway.Admin, simulator.Server);
        var request = new MessageCreateParams { Model = Model, MaxTokens = 100, Messages = [new UserMessageParam { Content = "Hello out there" }] };

        (await tenant.AnthropicClient(gateway.Server).WholeAndStreamedTextAsync(request)).ShouldBe("You said: Hello out there");
        tenant.Upstream.Refusals.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_Claude_client_sends_signatures_back_where_they_belong()
    {
        var tenant = await Tenant.GeminiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Thinking("I need a tool.", "c2lnbmVk").ThenToolCall("look").ThenToolCall("look", "{\"x\":1}"));
        using var client = tenant.CreateClient(gateway.Server);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        var body = JsonNode.Parse($$$"""
            {"model":"{{{Model}}}","max_tokens":1000,"thinking":{"type":"adaptive"},"tools":[{"name":"look","input_schema":{"type":"object","properties":{"x":{"exclusiveMinimum":0} } } }],
             "messages":[{"role":"user","content":"Look"}]}
            """)!;

        using var first = await client.PostAsJsonAsync("/v1/messages", body, Cancel);
        var answer = (await first.Content.ReadFromJsonAsync<JsonNode>(Cancel))!;
        var calls = answer["content"]!.AsArray().Where(block => block!["type"]!.GetValue<string>() == "tool_use").ToList();
        body["messages"]!.AsArray().Add(new JsonObject { ["role"] = "assistant", ["content"] = answer["content"]!.DeepClone() });
        body["messages"]!.AsArray().Add(new JsonObject
        {
            ["role"] = "user",
            ["content"] = new JsonArray([.. calls.Select(call => new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = call!["id"]!.GetValue<string>(), ["content"] = "seen" })]),
        });
        using var second = await client.PostAsJsonAsync("/v1/messages", body, Cancel);

        second.StatusCode.ShouldBe(HttpStatusCode.OK, await second.Content.ReadAsStringAsync(Cancel));
        tenant.Upstream.Refusals.ShouldBeEmpty();
        answer["stop_reason"]!.GetValue<string>().ShouldBe("tool_use");
        answer["content"]!.AsArray().Select(block => block!["type"]!.GetValue<string>()).ShouldBe(["thinking", "thinking", "tool_use", "tool_use"]);
        var sent = tenant.Upstream.Requests[1].Json.GetProperty("contents")[1].GetProperty("parts");
        sent.EnumerateArray().Select(part => part.TryGetProperty("thoughtSignature", out var signature) ? signature.GetString() : null).ShouldBe(["c2lnbmVk", null]);
    }

    [Fact]
    public async Task A_refusal_is_said_in_the_clients_words_and_names_no_account()
    {
        var tenant = await Tenant.GeminiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(400, message: "The thing is wrong."), ScriptedAnswer.Error(400, message: "API key not valid.", code: "API_KEY_INVALID"));

        using var wrong = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", model: Model), Cancel);
        using var key = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", model: Model), Cancel);

        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var said = (await wrong.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error");
        said.GetProperty("message").GetString().ShouldBe("The thing is wrong.");
        said.GetProperty("type").GetString().ShouldBe("invalid_request_error");
        key.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await key.Content.ReadAsStringAsync(Cancel)).ShouldNotContain("API key not valid");
    }

    [Theory]
    [InlineData("/v1/chat/completions", "\"finish_reason\":\"stop\"")]
    [InlineData("/v1/messages", "event: message_stop")]
    public async Task A_stream_that_breaks_ends_in_an_error(string path, string end)
    {
        var tenant = await Tenant.GeminiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        var script = ScriptedAnswer.Text("Hel", "lo ", "there");

        await BrokenStreams.EndInAnErrorAsync(
            tenant, client, path, Model, end, firstText: 1, script.CutAfterEvent(2), script.ErrorAfterEvent(2, 503), script.WithoutTerminalEvent());
    }

    [Fact]
    public async Task An_error_that_Google_says_in_plain_JSON_inside_a_stream_is_told_as_it_is()
    {
        var tenant = await Tenant.GeminiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Sse("{\n  \"error\": {\n    \"code\": 400,\n    \"message\": \"Too long by a word.\",\n    \"status\": \"INVALID_ARGUMENT\"\n  }\n}\n"));

        using var response = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true, model: Model), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("Too long by a word.");
    }
}
