using System.ClientModel;
using System.ClientModel.Primitives;
using Gateway.Tests.Support;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Models;
using Simulator;

namespace Gateway.Tests.Simulator;

/// <summary>The official client takes the simulator for the platform.</summary>
public sealed class OpenAiClientTests
{
    private readonly SimulatedAccount _account;
    private readonly OpenAIClient _client;

    public OpenAiClientTests(SharedSimulator simulator)
    {
        _account = simulator.Server.NewAccount(CredentialPrefix.OpenAi);
        _client = new OpenAIClient(new ApiKeyCredential(_account.Credential), new OpenAIClientOptions
        {
            Endpoint = new Uri(simulator.Server.Url, "v1"),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        });
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ChatClient Chat => _client.GetChatClient("gpt-4o-mini");

    [Fact]
    public async Task An_unscripted_answer_is_the_same_whole_and_streamed()
    {
        ChatMessage[] messages = [new SystemChatMessage("Be kind."), new UserChatMessage("Hello out there")];

        ChatCompletion whole = await Chat.CompleteChatAsync(messages, cancellationToken: Cancel);
        var streamed = await Chat.CompleteChatStreamingAsync(messages, cancellationToken: Cancel).ToListAsync(Cancel);

        whole.Content[0].Text.ShouldBe("You said: Hello out there");
        whole.FinishReason.ShouldBe(ChatFinishReason.Stop);
        whole.Model.ShouldBe("gpt-4o-mini-2024-07-18");
        (whole.Usage.InputTokenCount, whole.Usage.OutputTokenCount).ShouldBe((5, 5));
        Text(streamed).ShouldBe(whole.Content[0].Text);
        var usage = streamed[^1].Usage;
        (usage.InputTokenCount, usage.OutputTokenCount).ShouldBe((5, 5));
        _account.Refusals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Scripted_usage_adds_up_as_the_platform_does()
    {
        _account.Enqueue(ScriptedAnswer.Text("Hello")
            .WithUsage(input: 10, output: 20, cacheRead: 30, cacheWrite5m: 5, reasoning: 15, serviceTier: "flex"));

        ChatCompletion answer = await Chat.CompleteChatAsync([new UserChatMessage("Hi")], cancellationToken: Cancel);

        answer.Usage.InputTokenCount.ShouldBe(45);
        answer.Usage.InputTokenDetails.CachedTokenCount.ShouldBe(30);
        answer.Usage.OutputTokenCount.ShouldBe(20);
        answer.Usage.OutputTokenDetails.ReasoningTokenCount.ShouldBe(15);
        answer.Usage.TotalTokenCount.ShouldBe(65);
    }

    [Fact]
    public async Task Parallel_tool_calls_come_whole_and_in_fragments()
    {
        var script = ScriptedAnswer.Text("Let me see.").ThenToolCall("get_weather", "{\"city\"", ":\"Paris\"}").ThenToolCall("get_time");
        _account.Enqueue(script, script);
        var options = new ChatCompletionOptions
        {
            Tools = { ChatTool.CreateFunctionTool("get_weather"), ChatTool.CreateFunctionTool("get_time") },
        };

        ChatCompletion whole = await Chat.CompleteChatAsync([new UserChatMessage("Hi")], options, Cancel);
        var updates = await Chat.CompleteChatStreamingAsync([new UserChatMessage("Hi")], options, Cancel).ToListAsync(Cancel);

        whole.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        whole.ToolCalls.Select(call => (call.FunctionName, call.FunctionArguments.ToString()))
            .ShouldBe([("get_weather", "{\"city\":\"Paris\"}"), ("get_time", "{}")]);
        var calls = updates.SelectMany(update => update.ToolCallUpdates).GroupBy(update => update.Index).OrderBy(group => group.Key);
        calls.Select(group => (group.First().FunctionName, string.Concat(group.Select(part => part.FunctionArgumentsUpdate))))
            .ShouldBe([("get_weather", "{\"city\":\"Paris\"}"), ("get_time", "{}")]);
        Text(updates).ShouldBe("Let me see.");
    }

    [Fact]
    public async Task Tool_results_are_taken_and_echoed()
    {
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("get_weather") } };
        List<ChatMessage> messages = [new UserChatMessage("[simulate:tool] What is the weather?")];
        ChatCompletion call = await Chat.CompleteChatAsync(messages, options, Cancel);
        messages.Add(new AssistantChatMessage(call));
        messages.Add(new ToolChatMessage(call.ToolCalls[0].Id, "Sunny"));

        ChatCompletion answer = await Chat.CompleteChatAsync(messages, options, Cancel);

        call.ToolCalls[0].FunctionName.ShouldBe("get_weather");
        answer.Content[0].Text.ShouldBe("The tool said: Sunny");
    }

    [Fact]
    public async Task An_error_has_the_platforms_shape()
    {
        _account.Enqueue(ScriptedAnswer.RateLimited(retryAfterSeconds: 7));

        var error = await Should.ThrowAsync<ClientResultException>(
            Chat.CompleteChatAsync([new UserChatMessage("Hi")], cancellationToken: Cancel));

        error.Status.ShouldBe(429);
        error.Message.ShouldContain("rate_limit_exceeded");
        error.GetRawResponse()!.Headers.TryGetValue("retry-after", out var seconds).ShouldBeTrue();
        seconds.ShouldBe("7");
    }

    [Fact]
    public async Task An_unknown_model_is_not_found()
    {
        var error = await Should.ThrowAsync<ClientResultException>(
            _client.GetChatClient("gpt-0").CompleteChatAsync([new UserChatMessage("Hi")], cancellationToken: Cancel));

        error.Status.ShouldBe(404);
        error.Message.ShouldContain("model_not_found");
    }

    [Fact]
    public async Task Embeddings_are_the_same_for_the_same_input()
    {
        var embeddings = _client.GetEmbeddingClient("text-embedding-3-small");

        OpenAIEmbeddingCollection vectors = await embeddings.GenerateEmbeddingsAsync(
            ["one word", "another", "one word"], cancellationToken: Cancel);
        OpenAIEmbedding shorter = await embeddings.GenerateEmbeddingAsync(
            "one word", new EmbeddingGenerationOptions { Dimensions = 8 }, Cancel);

        vectors.Count.ShouldBe(3);
        vectors.Usage.InputTokenCount.ShouldBe(5);
        vectors[0].ToFloats().Length.ShouldBe(1536);
        vectors[2].ToFloats().ToArray().ShouldBe(vectors[0].ToFloats().ToArray());
        vectors[1].ToFloats().ToArray().ShouldNotBe(vectors[0].ToFloats().ToArray());
        vectors[0].ToFloats().ToArray().Sum(x => x * x).ShouldBe(1f, 0.001f);
        shorter.ToFloats().Length.ShouldBe(8);
    }

    [Fact]
    public async Task Models_are_listed_and_found()
    {
        var models = _client.GetOpenAIModelClient();

        OpenAIModelCollection all = await models.GetModelsAsync(Cancel);
        OpenAIModel one = await models.GetModelAsync("gpt-4o-mini", Cancel);

        all.Select(model => model.Id).ShouldContain(one.Id);
    }

    private static string Text(IEnumerable<StreamingChatCompletionUpdate> updates) =>
        string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text));
}
