using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Simulator;

/// <summary>The official client takes the simulator for the platform.</summary>
public sealed class ClaudeClientTests : IDisposable
{
    private readonly SimulatedAccount _account;
    private readonly AnthropicClient _client;

    public ClaudeClientTests(SharedSimulator simulator)
    {
        _account = simulator.Server.NewAccount(CredentialPrefix.Claude);
        _client = new AnthropicClient
        {
            ApiKey = _account.Credential,
            BaseUrl = simulator.Server.Url.ToString(),
            MaxRetries = 0,
            ResponseValidation = true,
        };
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unscripted_answer_is_the_same_whole_and_streamed()
    {
        var request = Request("Hello out there");

        var whole = await _client.Messages.Create(request, Cancel);
        var streamed = await _client.Messages.CreateStreaming(request, Cancel).ToListAsync(Cancel);

        _account.Refusals.ShouldBeEmpty();
        whole.Content[0].TryPickText(out var text).ShouldBeTrue();
        text!.Text.ShouldBe("You said: Hello out there");
        (whole.Usage.InputTokens, whole.Usage.OutputTokens).ShouldBe((5, 5));
        Deltas(streamed, "text").ShouldBe(text.Text);
        var usage = streamed.Single(e => Type(e) == "message_delta").Json.GetProperty("usage");
        (usage.GetProperty("input_tokens").GetInt64(), usage.GetProperty("output_tokens").GetInt64()).ShouldBe((5, 5));
        Type(streamed[^1]).ShouldBe("message_stop");
    }

    [Fact]
    public async Task Scripted_usage_keeps_its_buckets_apart()
    {
        _account.Enqueue(ScriptedAnswer.Text("Hello")
            .WithUsage(input: 10, output: 20, cacheRead: 30, cacheWrite5m: 5, cacheWrite1h: 6, reasoning: 15, serviceTier: "priority"));

        var answer = await _client.Messages.Create(Request("Hi"), Cancel);

        answer.Usage.InputTokens.ShouldBe(10);
        answer.Usage.OutputTokens.ShouldBe(20);
        answer.Usage.CacheReadInputTokens.ShouldBe(30);
        answer.Usage.CacheCreationInputTokens.ShouldBe(11);
        answer.Usage.CacheCreation!.Ephemeral5mInputTokens.ShouldBe(5);
        answer.Usage.CacheCreation.Ephemeral1hInputTokens.ShouldBe(6);
        answer.Usage.ServiceTier!.Raw().ShouldBe("priority");
    }

    [Fact]
    public async Task Thinking_comes_with_its_signature_and_tool_calls_in_fragments()
    {
        var script = ScriptedAnswer.Thinking("Let me see.", "c2ln").ThenText("One moment.")
            .ThenToolCall("get_weather", "{\"city\"", ":\"Paris\"}").ThenToolCall("get_time");
        _account.Enqueue(script, script);

        var whole = await _client.Messages.Create(Request("Hi"), Cancel);
        var streamed = await _client.Messages.CreateStreaming(Request("Hi"), Cancel).ToListAsync(Cancel);

        whole.StopReason!.Raw().ShouldBe("tool_use");
        whole.Content.Select(block => block.Json.GetProperty("type").GetString()).ShouldBe(["thinking", "text", "tool_use", "tool_use"]);
        whole.Content[0].Json.GetProperty("signature").GetString().ShouldBe("c2ln");
        whole.Content[2].Json.GetProperty("input").GetRawText().ShouldBe("{\"city\":\"Paris\"}");
        whole.Content[3].Json.GetProperty("input").GetRawText().ShouldBe("{}");
        Deltas(streamed, "thinking").ShouldBe("Let me see.");
        Deltas(streamed, "signature").ShouldBe("c2ln");
        Deltas(streamed, "partial_json").ShouldBe("{\"city\":\"Paris\"}");
        streamed.Where(e => Type(e) == "content_block_start").Select(e => e.Json.GetProperty("index").GetInt32()).ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public async Task Tool_results_are_taken_and_echoed()
    {
        var question = Request("[simulate:tool] What is the weather?");
        var call = await _client.Messages.Create(question, Cancel);
        call.Content[0].TryPickToolUse(out var use).ShouldBeTrue();

        var answer = await _client.Messages.Create(question with
        {
            Messages =
            [
                .. question.Messages,
                new AssistantMessageParam { Content = new List<ContentBlockParam> { new(call.Content[0].Json) } },
                new UserMessageParam { Content = new List<ContentBlockParam> { new ToolResultBlockParam(use!.ID) { Content = "Sunny" } } },
            ],
        }, Cancel);

        use.Name.ShouldBe("get_weather");
        answer.Content[0].Json.GetProperty("text").GetString().ShouldBe("The tool said: Sunny");
    }

    [Fact]
    public async Task An_error_has_the_platforms_shape()
    {
        _account.Enqueue(ScriptedAnswer.Error(529));

        var error = await Should.ThrowAsync<AnthropicApiException>(_client.Messages.Create(Request("Hi"), Cancel));

        ((int)error.StatusCode).ShouldBe(529);
        error.ResponseBody.ShouldStartWith(
            """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_""");
    }

    [Fact]
    public async Task An_error_can_be_the_first_event_of_a_stream()
    {
        _account.Enqueue(ScriptedAnswer.ErrorEvent(529));

        var error = await Should.ThrowAsync<AnthropicException>(
            _client.Messages.CreateStreaming(Request("Hi"), Cancel).ToListAsync(Cancel).AsTask());

        error.Message.ShouldContain("overloaded_error");
        _account.Requests[0].StatusCode.ShouldBe(200);
    }

    [Fact]
    public async Task Tokens_are_counted_as_the_answer_will_say()
    {
        var request = Request("Hello out there");

        var count = await _client.Messages.CountTokens(new() { Model = request.Model, Messages = request.Messages }, Cancel);

        count.InputTokens.ShouldBe(3);
    }

    [Fact]
    public async Task Models_are_listed_page_by_page()
    {
        var first = await _client.Models.List(new() { Limit = 2 }, Cancel);
        var second = await first.Next(Cancel);

        first.Items.Count.ShouldBe(2);
        second.Items.Count.ShouldBe(2);
        first.Items.Concat(second.Items).Select(model => model.ID).Distinct().Count().ShouldBe(4);
    }

    public void Dispose() => _client.Dispose();

    private static MessageCreateParams Request(string text) => new()
    {
        Model = "claude-sonnet-4-5",
        MaxTokens = 1000,
        System = "Be kind.",
        Messages = [new UserMessageParam { Content = text }],
    };

    private static string Type(RawMessageStreamEvent streamed) => streamed.Json.GetProperty("type").GetString()!;

    private static string Deltas(IEnumerable<RawMessageStreamEvent> streamed, string member) => string.Concat(streamed
        .Where(e => Type(e) == "content_block_delta")
        .Select(e => e.Json.GetProperty("delta").TryGetProperty(member, out var piece) ? piece.GetString() : ""));
}
