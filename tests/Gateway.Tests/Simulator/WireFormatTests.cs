using System.Text.RegularExpressions;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Simulator;

/// <summary>The bytes on the wire: members in the platform's order, ids and times replaced by a star.</summary>
public sealed partial class WireFormatTests(SharedSimulator simulator)
{
    private readonly SimulatedAccount _openAi = simulator.Server.NewAccount(CredentialPrefix.OpenAi);
    private readonly SimulatedAccount _claude = simulator.Server.NewAccount(CredentialPrefix.Claude);

    [Fact]
    public async Task A_chat_stream_without_usage_asked_for_has_none()
    {
        _openAi.Enqueue(ScriptedAnswer.Text("A", "\"é\""));

        using var response = await simulator.Server.PostAsync(_openAi, Upstream.Chat, Upstream.HelloStream);

        (await BodyAsync(response)).ShouldBe("""
            data: {"id":"*","object":"chat.completion.chunk","created":*,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_simulated","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}]}

            data: {"id":"*","object":"chat.completion.chunk","created":*,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_simulated","choices":[{"index":0,"delta":{"content":"A"},"logprobs":null,"finish_reason":null}]}

            data: {"id":"*","object":"chat.completion.chunk","created":*,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_simulated","choices":[{"index":0,"delta":{"content":"\"é\""},"logprobs":null,"finish_reason":null}]}

            data: {"id":"*","object":"chat.completion.chunk","created":*,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_simulated","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}

            data: [DONE]


            """);
    }

    [Fact]
    public async Task A_chat_stream_with_usage_asked_for_ends_in_a_chunk_without_choices()
    {
        _openAi.Enqueue(
            ScriptedAnswer.ToolCall("f", "{}").WithUsage(input: 1, output: 2, cacheWrite5m: 3),
            ScriptedAnswer.Text("A").WithoutUsage());
        var body = Upstream.HelloStream.Replace(
            "\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}", StringComparison.Ordinal);

        using var response = await simulator.Server.PostAsync(_openAi, Upstream.Chat, body);
        using var without = await simulator.Server.PostAsync(_openAi, Upstream.Chat, body);

        var events = (await BodyAsync(response)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        events.Length.ShouldBe(6);
        events[..4].ShouldAllBe(e => e.EndsWith("\"usage\":null}", StringComparison.Ordinal));
        events[1].ShouldContain("""{"tool_calls":[{"index":0,"id":"*","type":"function","function":{"name":"f","arguments":""}}]}""");
        events[2].ShouldContain("""{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}""");
        events[4].ShouldEndWith("""
            "choices":[],"usage":{"prompt_tokens":4,"completion_tokens":2,"total_tokens":6,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0,"cache_write_tokens":3},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}
            """);
        (await BodyAsync(without)).ShouldNotContain("\"choices\":[]");
    }

    [Fact]
    public async Task Several_choices_are_streamed_side_by_side()
    {
        _openAi.Enqueue(ScriptedAnswer.Text("A", "B"));
        var body = Upstream.HelloStream.Replace("\"stream\":true", "\"stream\":true,\"n\":2", StringComparison.Ordinal);

        using var response = await simulator.Server.PostAsync(_openAi, Upstream.Chat, body);

        var indexes = Regex.Matches(await BodyAsync(response), "\"index\":(.)").Select(match => match.Groups[1].Value);
        string.Concat(indexes).ShouldBe("01010101");
    }

    [Fact]
    public async Task A_message_stream_has_the_platforms_events()
    {
        _claude.Enqueue(ScriptedAnswer.Thinking("Hm", "c2ln").ThenToolCall("f", "{\"a\":", "1}")
            .WithUsage(input: 1, output: 9, cacheRead: 2, cacheWrite1h: 3, reasoning: 4));

        using var response = await simulator.Server.PostAsync(_claude, Upstream.Messages, Upstream.ClaudeHelloStream);

        (await BodyAsync(response)).ShouldBe("""
            event: message_start
            data: {"type":"message_start","message":{"model":"claude-sonnet-4-5-20250929","id":"*","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"cache_creation_input_tokens":3,"cache_read_input_tokens":2,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":3},"output_tokens":1,"service_tier":"standard","inference_geo":"not_available"}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

            event: ping
            data: {"type":"ping"}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: content_block_start
            data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"*","name":"f","input":{},"caller":{"type":"direct"}}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"1}"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":1}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":1,"cache_creation_input_tokens":3,"cache_read_input_tokens":2,"output_tokens":9,"output_tokens_details":{"thinking_tokens":4}}}

            event: message_stop
            data: {"type":"message_stop"}


            """);
    }

    [Fact]
    public async Task Usage_can_be_missing_everywhere()
    {
        _claude.Enqueue(ScriptedAnswer.Text("A").WithoutUsage(), ScriptedAnswer.Text("A").WithoutUsage());

        using var streamed = await simulator.Server.PostAsync(_claude, Upstream.Messages, Upstream.ClaudeHelloStream);
        using var whole = await simulator.Server.PostAsync(_claude, Upstream.Messages, Upstream.ClaudeHello);

        (await BodyAsync(streamed)).ShouldNotContain("usage");
        (await BodyAsync(whole)).ShouldNotContain("usage");
    }

    [Fact]
    public async Task Errors_in_a_stream_end_it_without_a_terminal_event()
    {
        _openAi.Enqueue(ScriptedAnswer.ErrorEvent(503), ScriptedAnswer.Text("A", "B").ErrorAfterEvent(2, 500, message: "Gone"));
        _claude.Enqueue(ScriptedAnswer.Text("A").ErrorAfterEvent(1, 529));

        using var first = await simulator.Server.PostAsync(_openAi, Upstream.Chat, Upstream.HelloStream);
        using var later = await simulator.Server.PostAsync(_openAi, Upstream.Chat, Upstream.HelloStream);
        using var claude = await simulator.Server.PostAsync(_claude, Upstream.Messages, Upstream.ClaudeHelloStream);

        (await BodyAsync(first)).ShouldBe(
            """data: {"error":{"message":"The server is overloaded or not ready yet.","type":"server_error","param":null,"code":"server_is_overloaded"}}""" + "\n\n");
        (await BodyAsync(later)).ShouldEndWith(
            """data: {"error":{"message":"Gone","type":"server_error","param":null,"code":null}}""" + "\n\n");
        (await BodyAsync(claude)).ShouldEndWith("event: error\n"
            + """data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""" + "\n\n");
    }

    [Fact]
    public async Task A_stop_reason_and_a_tier_are_given_as_scripted()
    {
        _openAi.Enqueue(ScriptedAnswer.Text("A").WithStopReason("length").WithUsage(input: 1, output: 1, serviceTier: "flex"));
        _claude.Enqueue(ScriptedAnswer.Text("A").WithStopReason("stop_sequence", "END"));

        using var chat = await simulator.Server.PostAsync(_openAi, Upstream.Chat, Upstream.Hello);
        using var message = await simulator.Server.PostAsync(_claude, Upstream.Messages, Upstream.ClaudeHello);

        var document = await BodyAsync(chat);
        document.ShouldContain("\"finish_reason\": \"length\"");
        document.ShouldContain("\"service_tier\": \"flex\"");
        document.ShouldEndWith("}\n");
        (await BodyAsync(message)).ShouldContain("""
            "stop_reason":"stop_sequence","stop_sequence":"END"
            """);
    }

    [Fact]
    public async Task A_text_can_be_streamed_in_a_number_of_pieces_without_breaking_a_character()
    {
        _claude.Enqueue(ScriptedAnswer.Text("😀😀😀").InChunks(4));

        using var response = await simulator.Server.PostAsync(_claude, Upstream.Messages, Upstream.ClaudeHelloStream);

        var pieces = Regex.Matches(await BodyAsync(response), "\"text_delta\",\"text\":\"(.*)\"")
            .Select(match => match.Groups[1].Value).ToList();
        pieces.Count.ShouldBe(4);
        string.Concat(pieces).ShouldBe("😀😀😀");
    }

    private static async Task<string> BodyAsync(HttpResponseMessage response) =>
        Time().Replace(Id().Replace(await response.TextAsync(), "\"id\":\"*\""), "\"created\":*");

    [GeneratedRegex("\"id\":\"(chatcmpl-|msg_01|toolu_01|call_)[0-9A-Za-z]{22,29}\"")]
    private static partial Regex Id();

    [GeneratedRegex("\"created\":[0-9]+")]
    private static partial Regex Time();
}
