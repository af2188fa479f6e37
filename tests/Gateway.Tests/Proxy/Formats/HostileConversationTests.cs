using System.Text.Json;
using Gateway.Proxy.Formats;

namespace Gateway.Tests.Proxy.Formats;

/// <summary>Conversations that are made to hurt: what grew with the square of their length took minutes of a processor for a request of a few megabytes.</summary>
public sealed class HostileConversationTests
{
    private const int Many = 100_000;

    private static readonly TimeSpan Bounded = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(nameof(WireFormat.Claude))]
    [InlineData(nameof(WireFormat.Gemini))]
    [InlineData(nameof(WireFormat.BedrockConverse))]
    public async Task A_hundred_thousand_turns_of_one_role_become_one(string platformName)
    {
        var platform = Enum.Parse<WireFormat>(platformName);
        var message = """{"role":"user","content":"a"}""";

        var sent = await ConvertAsync(WireFormat.OpenAiChat, $$"""{"model":"m","messages":[{{string.Join(',', Enumerable.Repeat(message, Many))}}]}""", platform);

        var turns = sent.GetProperty(platform == WireFormat.Gemini ? "contents" : "messages");
        turns.GetArrayLength().ShouldBe(1);
        turns[0].GetProperty(platform == WireFormat.Gemini ? "parts" : "content").GetArrayLength().ShouldBe(Many);
    }

    [Fact]
    public async Task A_hundred_thousand_results_find_their_calls_in_any_order()
    {
        var calls = Enumerable.Range(0, Many).Select(i => $$$"""{"id":"c{{{i}}}","type":"function","function":{"name":"f","arguments":"{}"}}""");
        var results = Enumerable.Range(0, Many).Reverse().Select(i => $$"""{"role":"tool","tool_call_id":"c{{i}}","content":"r{{i}}"}""");

        var sent = await ConvertAsync(
            WireFormat.OpenAiChat,
            $$"""{"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[{{string.Join(',', calls)}}]},{{string.Join(',', results)}}]}""",
            WireFormat.Claude);

        sent.GetProperty("messages")[2].GetProperty("content").EnumerateArray().Select(result => result.GetProperty("tool_use_id").GetString())
            .ShouldBe(Enumerable.Range(0, Many).Select(i => $"c{i}"));
    }

    [Fact]
    public async Task A_hundred_thousand_results_without_ids_answer_the_calls_of_their_name_in_order()
    {
        var calls = Enumerable.Repeat("""{"functionCall":{"name":"f"}}""", Many);
        var results = Enumerable.Range(0, Many).Select(i => $$$$"""{"functionResponse":{"name":"f","response":{"output":"r{{{{i}}}}"}}}""");

        var sent = await ConvertAsync(
            WireFormat.Gemini,
            $$"""{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{{string.Join(',', calls)}}]},{"role":"user","parts":[{{string.Join(',', results)}}]}]}""",
            WireFormat.Claude);

        var messages = sent.GetProperty("messages");
        messages[2].GetProperty("content").EnumerateArray().Select(result => result.GetProperty("tool_use_id").GetString())
            .ShouldBe(messages[1].GetProperty("content").EnumerateArray().Select(call => call.GetProperty("id").GetString()));
        messages[2].GetProperty("content")[Many - 1].GetRawText().ShouldContain($"r{Many - 1}");
    }

    [Theory]
    [InlineData(nameof(WireFormat.Claude))]
    [InlineData(nameof(WireFormat.Gemini))]
    [InlineData(nameof(WireFormat.BedrockConverse))]
    public async Task Half_a_surrogate_pair_in_a_calls_arguments_is_wrapped_like_any_broken_JSON(string platformName)
    {
        var platform = Enum.Parse<WireFormat>(platformName);
        var sent = await ConvertAsync(
            WireFormat.OpenAiChat,
            """
            {"model":"m","messages":[{"role":"user","content":"a"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"x\":\"\\ud800\"}"}}]},
              {"role":"tool","tool_call_id":"1","content":"r"}]}
            """,
            platform);

        sent.GetRawText().ShouldContain("_raw");
    }

    [Theory]
    [InlineData(nameof(WireFormat.Claude), """{"id":"m","content":[{"type":"tool_use","id":"T","name":"f","input":{ "x":"\\ud83d" }}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}""")]
    [InlineData(nameof(WireFormat.Gemini), """{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"f","args":{ "x":"\\ud83d" }}}]},"finishReason":"STOP"}],"responseId":"r"}""")]
    [InlineData(nameof(WireFormat.BedrockConverse), """{"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"T","name":"f","input":{ "x":"\\ud83d" }}}]}},"stopReason":"tool_use","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}""")]
    public void Half_a_surrogate_pair_in_the_arguments_of_an_answer_reaches_the_client(string platform, string answer)
    {
        var request = Conversion.Decode(WireFormat.OpenAiChat, """{"model":"m","messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"f"}}]}""");

        var got = Conversion.Message(Enum.Parse<WireFormat>(platform), WireFormat.OpenAiChat, answer, request, Conversion.Target("m"));

        got.GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString()!.ShouldContain("\\ud83d");
    }

    [Fact]
    public void Log_probabilities_that_no_JSON_can_hold_are_left_out()
    {
        var chat = Conversion.Decode(WireFormat.OpenAiChat, """{"model":"m","logprobs":true,"messages":[{"role":"user","content":"a"}]}""");
        var gemini = Conversion.Decode(WireFormat.Gemini, """{"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"responseLogprobs":true}}""");
        const string Responses = """{"id":"r","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"Hi","logprobs":[{"token":"\\ud83d","logprob":-1}]}]}]}""";
        const string Chat = """{"id":"c","choices":[{"index":0,"message":{"content":"Hi"},"logprobs":{"content":[{"token":"Hi","logprob":-1e999,"top_logprobs":[]}]},"finish_reason":"stop"}]}""";

        var choice = Conversion.Message(WireFormat.OpenAiResponses, WireFormat.OpenAiChat, Responses.Replace("\\\\", "\\", StringComparison.Ordinal), chat, Conversion.Target("gpt-4o")).GetProperty("choices")[0];
        var candidate = Conversion.Message(WireFormat.OpenAiChat, WireFormat.Gemini, Chat, gemini, Conversion.Target("gpt-4o")).GetProperty("candidates")[0];

        choice.GetProperty("message").GetProperty("content").GetString().ShouldBe("Hi");
        choice.GetProperty("logprobs").ValueKind.ShouldBe(JsonValueKind.Null);
        candidate.GetProperty("content").GetProperty("parts")[0].GetProperty("text").GetString().ShouldBe("Hi");
    }

    [Theory]
    [InlineData(nameof(WireFormat.OpenAiChat), "messages")]
    [InlineData(nameof(WireFormat.OpenAiResponses), "input")]
    public async Task Metadata_that_names_a_key_twice_has_the_last_value(string client, string messages)
    {
        var sent = await ConvertAsync(
            Enum.Parse<WireFormat>(client), $$$"""{"model":"m","{{{messages}}}":[{"role":"user","content":"a"}],"metadata":{"k":"1","k":"2"}}""", WireFormat.BedrockConverse);

        sent.GetProperty("requestMetadata").GetRawText().ShouldBe("""{"k":"2"}""");
    }

    // On another thread: only there a conversion that does not end fails the test.
    private static Task<JsonElement> ConvertAsync(WireFormat client, string body, WireFormat platform) =>
        Task.Run(() => Conversion.Encode(Conversion.Decode(client, body), platform, Conversion.Target(Model(platform))))
            .WaitAsync(Bounded, TestContext.Current.CancellationToken);

    private static string Model(WireFormat platform) => platform switch
    {
        WireFormat.Gemini => "gemini-2.5-flash",
        WireFormat.BedrockConverse => "amazon.nova-pro-v1:0",
        _ => "claude-sonnet-4-5",
    };
}
