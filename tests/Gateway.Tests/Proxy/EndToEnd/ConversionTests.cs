using System.ClientModel;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Anthropic;
using Anthropic.Models.Messages;
using Gateway.Tests.Support;
using OpenAI;
using OpenAI.Chat;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Official clients of one vendor on accounts of another.</summary>
public sealed class ConversionTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_OpenAI_client_streams_from_a_Claude_account()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Thinking("hm").ThenText("Hel", "lo").ThenToolCall("weather", "{\"city\":", "\"Bonn\"}").WithUsage(input: 10, output: 20, cacheRead: 90);
        var client = OpenAi(tenant);
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("weather", "Weather of a city", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}""")) } };

        var text = "";
        var arguments = "";
        ChatFinishReason? reason = null;
        ChatTokenUsage? usage = null;
        await foreach (var update in client.CompleteChatStreamingAsync([new SystemChatMessage("Be brief."), new UserChatMessage("hi")], options, Cancel))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            arguments += string.Concat(update.ToolCallUpdates.Select(call => call.FunctionArgumentsUpdate?.ToString()));
            reason ??= update.FinishReason;
            usage ??= update.Usage;
        }

        text.ShouldBe("Hello");
        arguments.ShouldBe("{\"city\":\"Bonn\"}");
        reason.ShouldBe(ChatFinishReason.ToolCalls);
        usage!.InputTokenCount.ShouldBe(100);
        usage.OutputTokenCount.ShouldBe(20);
        var sent = tenant.Upstream.Requests.ShouldHaveSingleItem().Json;
        sent.GetProperty("system")[0].GetProperty("text").GetString().ShouldBe("Be brief.");
        sent.GetProperty("tools")[0].GetProperty("name").GetString().ShouldBe("weather");
        var record = await tenant.UsageRecordAsync();
        record.GetProperty("input_tokens").GetInt64().ShouldBe(10);
        record.GetProperty("cache_read_tokens").GetInt64().ShouldBe(90);
        record.GetProperty("output_tokens").GetInt64().ShouldBe(20);
        record.GetProperty("client_format").GetString().ShouldBe("openai_chat");
    }

    [Fact]
    public async Task An_OpenAI_client_brings_a_Claude_account_the_result_of_a_tool()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.ToolCall("weather", "{\"city\":\"Bonn\"}"), ScriptedAnswer.Text("Sunny in Bonn.").WithUsage(input: 3, output: 4));
        var client = OpenAi(tenant);
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("weather") } };
        var messages = new List<OpenAI.Chat.ChatMessage> { new UserChatMessage("Weather in Bonn?") };

        ChatCompletion call = await client.CompleteChatAsync(messages, options, Cancel);
        messages.Add(new AssistantChatMessage(call));
        messages.Add(new ToolChatMessage(call.ToolCalls.ShouldHaveSingleItem().Id, "sunny"));
        ChatCompletion answer = await client.CompleteChatAsync(messages, options, Cancel);

        answer.Content.ShouldHaveSingleItem().Text.ShouldBe("Sunny in Bonn.");
        answer.FinishReason.ShouldBe(ChatFinishReason.Stop);
        var turns = tenant.Upstream.Requests[1].Json.GetProperty("messages");
        turns[1].GetProperty("content")[0].GetProperty("type").GetString().ShouldBe("tool_use");
        turns[2].GetProperty("content")[0].GetProperty("tool_use_id").GetString().ShouldBe(turns[1].GetProperty("content")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_Claude_client_streams_from_an_OpenAI_account()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Text("Hel", "lo").ThenToolCall("weather", "{\"city\":", "\"Bonn\"}").WithUsage(input: 30, output: 9, cacheRead: 20);
        var client = Claude(tenant);
        var request = new MessageCreateParams
        {
            Model = "gpt-4o",
            MaxTokens = 100,
            System = "Be brief.",
            Messages = [new UserMessageParam { Content = "hi" }],
            Tools = [new Tool { Name = "weather", InputSchema = new InputSchema() }],
        };

        var text = "";
        var arguments = "";
        long? outputTokens = null;
        await foreach (var next in client.Messages.CreateStreaming(request, Cancel))
        {
            if (next.TryPickContentBlockDelta(out var delta))
            {
                text += delta.Delta.TryPickText(out var words) ? words.Text : "";
                arguments += delta.Delta.TryPickInputJson(out var json) ? json.PartialJson : "";
            }

            outputTokens = next.TryPickDelta(out var end) ? end.Usage.OutputTokens : outputTokens;
        }

        text.ShouldBe("Hello");
        arguments.ShouldBe("{\"city\":\"Bonn\"}");
        outputTokens.ShouldBe(9);
        var sent = tenant.Upstream.Requests.ShouldHaveSingleItem().Json;
        sent.GetProperty("messages")[0].GetProperty("content").GetString().ShouldBe("Be brief.");
        sent.GetProperty("stream_options").GetProperty("include_usage").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_Claude_client_gets_a_whole_message_from_an_OpenAI_account()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Text("Hello").WithUsage(input: 30, output: 9);

        var message = await Claude(tenant).Messages.Create(
            new MessageCreateParams { Model = "gpt-4o", MaxTokens = 100, Messages = [new UserMessageParam { Content = "hi" }] }, Cancel);

        message.Content.ShouldHaveSingleItem().TryPickText(out var text).ShouldBeTrue();
        text!.Text.ShouldBe("Hello");
        message.Usage.InputTokens.ShouldBe(30);
        message.Model.ToString().ShouldContain("gpt-4o");
    }

    [Fact]
    public async Task What_could_not_be_carried_is_named_or_refused()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);

        using var weakened = await client.PostAsJsonAsync(
            "/v1/chat/completions", new { model = "claude-sonnet-4-5", seed = 7, temperature = 2, messages = new[] { new { role = "user", content = "hi" } } }, Cancel);
        using var refused = await client.PostAsJsonAsync(
            "/v1/chat/completions", new { model = "claude-sonnet-4-5", n = 2, messages = new[] { new { role = "user", content = "hi" } } }, Cancel);

        weakened.StatusCode.ShouldBe(HttpStatusCode.OK, await weakened.Content.ReadAsStringAsync(Cancel));
        weakened.Headers.GetValues("x-gateway-dropped").ShouldBe(["seed, temperature"]);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetProperty("param").GetString().ShouldBe("n");
        tenant.Upstream.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_platforms_error_comes_in_the_clients_form(bool inStream)
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = inStream ? ScriptedAnswer.Text("one", "two").ErrorAfterEvent(4, 529) : ScriptedAnswer.Error(400, "invalid_request_error", "max_tokens: too large");
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true, model: "claude-sonnet-4-5"), Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);

        if (inStream && response.StatusCode == HttpStatusCode.OK)
        {
            text.ShouldContain("\"code\":\"server_is_overloaded\"");
            text.ShouldNotContain("[DONE]");
        }
        else
        {
            ((int)response.StatusCode).ShouldBe(inStream ? 503 : 400);
            JsonSerializer.Deserialize<JsonElement>(text).GetProperty("error").TryGetProperty("param", out _).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_choices_of_a_Gemini_model_are_answered(bool stream)
    {
        var tenant = await Tenant.GeminiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync(
            "/v1/chat/completions", new { model = "gemini-2.5-flash", n = 2, stream, messages = new[] { new { role = "user", content = "hi" } } }, Cancel);

        var text = await response.Content.ReadAsStringAsync(Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        text.ShouldContain("\"index\":1");
        text.Split("\"finish_reason\":\"stop\"").Length.ShouldBe(3, text);
        (text.Split("[DONE]").Length - 1).ShouldBe(stream ? 1 : 0);
    }

    [Theory]
    [InlineData("claude", "claude-opus-4-8")]
    [InlineData("bedrock", "claude-sonnet-4-5")]
    public async Task S11_what_another_platform_thought_stays_behind_when_a_Claude_client_returns_to_Claude(string platform, string model)
    {
        var elsewhere = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { options = new { chat_upstream = "responses" } });
        var tenant = await Tenant.OfAsync(platform, gateway.Admin, simulator.Server);
        elsewhere.Upstream.Enqueue(new ScriptedAnswer { Parts = [new ThinkingPart(["I see."], "gAAAAABopaque"), new TextPart(["Hello"])] });
        using var there = elsewhere.CreateClient(gateway.Server);
        using var client = tenant.CreateClient(gateway.Server);
        object[] turns = [new { role = "user", content = "hi" }];

        using var first = await there.PostAsJsonAsync("/v1/messages", new { model = "gpt-5-mini", max_tokens = 2000, thinking = new { type = "adaptive" }, messages = turns }, Cancel);
        var content = (await first.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("content");
        using var second = await client.PostAsJsonAsync(
            "/v1/messages", new { model, max_tokens = 2000, messages = (object[])[.. turns, new { role = "assistant", content }, new { role = "user", content = "so" }] }, Cancel);

        content[0].GetProperty("signature").GetString()!.ShouldStartWith("gw1.openai.");
        second.StatusCode.ShouldBe(HttpStatusCode.OK, await second.Content.ReadAsStringAsync(Cancel));
        tenant.Upstream.Refusals.ShouldBeEmpty();
        tenant.Upstream.Requests.Single().Json.GetProperty("messages")[1].GetProperty("content").GetArrayLength().ShouldBe(1);
    }

    private ChatClient OpenAi(Tenant tenant) =>
        new("claude-sonnet-4-5", new ApiKeyCredential(tenant.Key), new OpenAIClientOptions { Endpoint = new Uri(gateway.Server.Url, "v1") });

    private AnthropicClient Claude(Tenant tenant) => new() { ApiKey = tenant.Key, BaseUrl = gateway.Server.Url.ToString().TrimEnd('/'), MaxRetries = 0 };
}
