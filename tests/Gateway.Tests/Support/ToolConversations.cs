#pragma warning disable OPENAI001 // OpenAI calls its newest API experimental in every release.

using OpenAI.Chat;
using OpenAI.Responses;
using Simulator;

namespace Gateway.Tests.Support;

/// <summary>Conversations with tools as OpenAI's own clients hold them, at accounts of any platform.</summary>
internal static class ToolConversations
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A question that shows an image.</summary>
    public static UserChatMessage WithImage { get; } = new(
        ChatMessageContentPart.CreateTextPart("Weather here?"),
        ChatMessageContentPart.CreateImagePart(
            BinaryData.FromBytes(Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")), "image/png"));

    /// <summary>A chat that is told to call two tools at once, and brings what they said.</summary>
    /// <returns>The text of the second answer.</returns>
    public static async Task<string> ChatAsync(GatewayServer gateway, Tenant tenant, string model)
    {
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("One moment.").ThenToolCall("get_weather", "{\"city\":", "\"Paris\"}").ThenToolCall("get_time"));
        var options = new ChatCompletionOptions
        {
            Tools =
            {
                ChatTool.CreateFunctionTool("get_weather", "Looks out", BinaryData.FromString("""{"$schema":"https://json-schema.org/draft-07/schema#","type":"object","properties":{"city":{"type":"string","minLength":1}},"additionalProperties":false}""")),
                ChatTool.CreateFunctionTool("get_time"),
            },
        };
        List<ChatMessage> messages = [new SystemChatMessage("Be brief."), new UserChatMessage("Weather?")];

        var (first, second) = await CallAsync(tenant.ChatClient(gateway, model), messages, options);

        tenant.Upstream.Refusals.ShouldBeEmpty();
        first.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        first.Content[0].Text.ShouldBe("One moment.");
        first.ToolCalls.Select(call => call.FunctionArguments.ToString()).ShouldBe(["{\"city\":\"Paris\"}", "{}"]);
        return second.Content[0].Text;
    }

    /// <summary>Asks, and asks again with what the tools said that were called.</summary>
    public static async Task<(ChatCompletion First, ChatCompletion Second)> CallAsync(ChatClient client, List<ChatMessage> messages, ChatCompletionOptions options)
    {
        var first = (await client.CompleteChatAsync(messages, options, Cancel)).Value;
        messages.Add(new AssistantChatMessage(first));
        messages.AddRange(first.ToolCalls.Select(call => new ToolChatMessage(call.Id, $"sunny {call.FunctionName}")));
        return (first, (await client.CompleteChatAsync(messages, options, Cancel)).Value);
    }

    /// <summary>A client of Responses that is told to call a tool, and sends the answer back with what the tool said.</summary>
    public static async Task RespondAsync(GatewayServer gateway, Tenant tenant, string model, bool stream)
    {
        tenant.Upstream.Enqueue(
            ScriptedAnswer.Text("Let me ", "see").ThenToolCall("get_weather", "{\"city\":", "\"Paris\"}").WithUsage(input: 600, output: 50, cacheRead: 400),
            ScriptedAnswer.Text("Sunny"));
        var client = tenant.ResponsesClient(gateway);
        var options = new CreateResponseOptions
        {
            Model = model,
            InputItems = { ResponseItem.CreateUserMessageItem("Weather?") },
            Tools = { ResponseTool.CreateFunctionTool("get_weather", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}"""), strictModeEnabled: false) },
        };

        var first = await AskAsync(client, options, stream);
        var call = first.OutputItems.OfType<FunctionCallResponseItem>().Single();
        foreach (var item in first.OutputItems)
        {
            options.InputItems.Add(item);
        }

        options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "Sun"));
        var second = await AskAsync(client, options, stream);

        first.GetOutputText().ShouldBe("Let me see");
        call.FunctionArguments.ToString().ShouldBe("{\"city\":\"Paris\"}");
        first.Usage.InputTokenCount.ShouldBe(1000);
        second.GetOutputText().ShouldBe("Sunny");
        second.Status.ShouldBe(ResponseStatus.Completed);
        tenant.Upstream.Refusals.ShouldBeEmpty();
    }

    /// <summary>The whole answer; of a stream, that of its last event.</summary>
    private static async Task<ResponseResult> AskAsync(ResponsesClient client, CreateResponseOptions options, bool stream)
    {
        options.StreamingEnabled = stream;
        if (!stream)
        {
            return await client.CreateResponseAsync(options, Cancel);
        }

        ResponseResult? result = null;
        await foreach (var update in await client.CreateResponseStreamingAsync(options, Cancel))
        {
            result = update is StreamingResponseCompletedUpdate completed ? completed.Response : result;
        }

        return result.ShouldNotBeNull();
    }
}
