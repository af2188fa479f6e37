using System.Text;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.BedrockConverse;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Bedrock;
using Gateway.Tests.Support;
using Simulator.Platforms.Bedrock;

namespace Gateway.Tests.Proxy.Formats.BedrockConverse;

/// <summary>Converse's streams, from their binary messages to the client's events. Numbers in names are those of the list of other products' bugs.</summary>
public sealed class ConverseStreamTests
{
    private const string ClaudeRequest = """{"model":"m","stream":true,"max_tokens":10,"thinking":{"type":"adaptive"},"messages":[{"role":"user","content":"hi"}]}""";
    private const string ChatRequest = """{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}""";

    private static readonly (string Type, string Data)[] Reasoned =
    [
        ("messageStart", """{"role":"assistant","p":"abc"}"""),
        ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Hm 😀"}},"p":"a"}"""),
        ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"sig"}}}"""),
        ("contentBlockStop", """{"contentBlockIndex":0}"""),
        ("contentBlockDelta", "{\"contentBlockIndex\":1,\r\n\"delta\":{\"text\":\"Hi é\"}}"),
        ("contentBlockStop", """{"contentBlockIndex":1}"""),
        ("messageStop", """{"stopReason":"end_turn"}"""),
        ("metadata", """{"usage":{"inputTokens":5,"outputTokens":6,"totalTokens":26,"cacheReadInputTokens":7,"cacheWriteInputTokens":8},"metrics":{"latencyMs":1}}"""),
    ];

    private static readonly (string Type, string Data)[] Calls =
    [
        ("messageStart", """{"role":"assistant"}"""),
        ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"Let me see."}}"""),
        ("contentBlockStart", """{"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"t1","name":"f"}}}"""),
        ("contentBlockDelta", """{"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\"x\""}}}"""),
        ("contentBlockDelta", """{"contentBlockIndex":1,"delta":{"toolUse":{"input":":1}"}}}"""),
        ("contentBlockStart", """{"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"t2","name":"g"}}}"""),
        ("messageStop", """{"stopReason":"tool_use"}"""),
        ("metadata", """{"usage":{"inputTokens":5,"outputTokens":6,"totalTokens":11}}"""),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Vector_4_a_Converse_stream_for_a_Claude_client()
    {
        var events = Conversion.Data(await ToClaudeAsync(Reasoned)).Select(text => JsonElement.Parse(text)).ToList();

        events.Select(Describe).ShouldBe(
        [
            "message_start", "content_block_start thinking", "thinking_delta Hm 😀", "signature_delta sig", "content_block_stop",
            "content_block_start text", "text_delta Hi é", "content_block_stop", "message_delta end_turn", "message_stop",
        ]);
        var usage = events[^2].GetProperty("usage");
        usage.GetProperty("input_tokens").GetInt64().ShouldBe(5);
        usage.GetProperty("cache_read_input_tokens").GetInt64().ShouldBe(7);
        usage.GetProperty("cache_creation_input_tokens").GetInt64().ShouldBe(8);
        usage.GetProperty("output_tokens").GetInt64().ShouldBe(6);
    }

    [Fact]
    public async Task Vector_8_a_stream_that_is_split_anywhere_comes_out_the_same()
    {
        foreach (var events in new[] { Reasoned, Calls })
        {
            var length = events.Sum(next => EventFrame.Event(next.Type, next.Data).Length);
            foreach (var client in new[] { WireFormat.Claude, WireFormat.OpenAiChat })
            {
                var whole = await StreamAsync(events, client);
                for (var cut = 1; cut < length; cut++)
                {
                    (await StreamAsync(events, client, cut)).ShouldBe(whole, $"cut at {cut}");
                }

                (await StreamAsync(events, client, [.. Enumerable.Range(1, length - 1)])).ShouldBe(whole);
                (await StreamAsync(events, client, 90, 95, 100)).ShouldBe(whole);
            }
        }
    }

    [Fact]
    public async Task Bug_15_a_block_that_never_said_that_it_ended_ends_where_the_next_begins()
    {
        var events = Conversion.Data(await ToClaudeAsync(Calls)).Select(text => JsonElement.Parse(text)).ToList();

        events.Select(Describe).ShouldBe(
        [
            "message_start", "content_block_start text", "text_delta Let me see.", "content_block_stop",
            "content_block_start tool_use", "input_json_delta {\"x\"", "input_json_delta :1}", "content_block_stop",
            "content_block_start tool_use", "input_json_delta {}", "content_block_stop", "message_delta tool_use", "message_stop",
        ]);
        events[4].GetProperty("content_block").GetProperty("id").GetString().ShouldBe("t1");
    }

    [Fact]
    public async Task A_chat_client_gets_calls_with_their_own_numbers()
    {
        var text = await StreamAsync(Calls, WireFormat.OpenAiChat);

        text.ShouldContain("""{"tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"f","arguments":""}}]}""");
        text.ShouldContain("""{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}""");
        text.ShouldContain("\"finish_reason\":\"tool_calls\"");
        text.ShouldContain("\"prompt_tokens\":5");
        text.ShouldEndWith("data: [DONE]\n\n");
    }

    [Fact]
    public async Task Usage_that_comes_before_the_reason_counts_as_well()
    {
        (string, string)[] events = [.. Calls[..^2], Calls[^1], Calls[^2]];

        (await StreamAsync(events, WireFormat.OpenAiChat)).ShouldBe(await StreamAsync(Calls, WireFormat.OpenAiChat));
    }

    [Fact]
    public async Task Bug_35_usage_that_comes_twice_replaces()
    {
        var decoder = await DecodeAsync([.. Reasoned[..^2], Reasoned[^1], Reasoned[^1], Reasoned[^2]]);

        decoder.Usage.CacheWrite5mTokens.ShouldBe(8);
        decoder.Usage.InputTokens.ShouldBe(5);
        decoder.IsComplete.ShouldBeTrue();
    }

    [Theory] // usage, uncached input, read, written for 5 minutes, for an hour
    [InlineData("""{"inputTokens":5,"outputTokens":6,"cacheReadInputTokens":7,"cacheWriteInputTokens":8,"cacheDetails":[{"ttl":"1h","inputTokens":3},{"ttl":"5m","inputTokens":5}]}""", 5, 7, 5, 3)]
    [InlineData("""{"inputTokens":5,"outputTokens":6,"cacheReadInputTokens":7,"cacheWriteInputTokens":8}""", 5, 7, 8, 0)]
    [InlineData("""{"inputTokens":5,"outputTokens":6,"cacheWriteInputTokens":8,"cacheDetails":[{"ttl":"1h","inputTokens":30}]}""", 5, null, 0, 8)]
    [InlineData("""{"inputTokens":-5,"outputTokens":1e300,"cacheReadInputTokens":"7"}""", 0, null, null, null)]
    public void Bug_33_counters_are_disjoint_and_never_negative(string usage, int input, int? read, int? written5m, int? written1h)
    {
        var counted = default(TokenUsage);
        ConverseUsage.Read(JsonElement.Parse(usage), ref counted);

        counted.InputTokens.ShouldBe(input);
        counted.CacheReadTokens.ShouldBe(read);
        counted.CacheWrite5mTokens.ShouldBe(written5m);
        counted.CacheWrite1hTokens.ShouldBe(written1h);
        counted.OutputTokens!.Value.ShouldBeGreaterThanOrEqualTo(6);
    }

    [Fact]
    public async Task Bug_19_a_stream_without_a_reason_has_no_end()
    {
        (await DecodeAsync(Reasoned[..^2])).IsComplete.ShouldBeFalse();
        (await ToClaudeAsync(Reasoned[..^2])).ShouldNotContain("message_stop");
    }

    [Fact]
    public async Task A_reason_without_usage_is_an_end()
    {
        var decoder = await DecodeAsync(Reasoned[..^1]);

        decoder.IsComplete.ShouldBeTrue();
        decoder.Usage.IsReported.ShouldBeFalse();
    }

    [Fact]
    public async Task Bug_60_reasoning_that_nobody_may_read_is_kept()
    {
        (string, string)[] events = [Reasoned[0], ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"redactedContent":"c2VjcmV0"}}}"""), .. Reasoned[4..]];

        (await ToClaudeAsync(events)).ShouldContain("""{"type":"redacted_thinking","data":"c2VjcmV0"}""");
    }

    [Theory]
    [InlineData("throttlingException", "Too many tokens, please wait", FailureKind.RateLimit)]
    [InlineData("throttlingException", "Too many tokens per day", FailureKind.QuotaAccount)]
    [InlineData("validationException", "Bad", FailureKind.InvalidRequest)]
    [InlineData("validationException", "Input is too long for requested model.", FailureKind.ContextLength)]
    [InlineData("modelStreamErrorException", "Broken", FailureKind.Server)]
    [InlineData("internalServerException", "Broken", FailureKind.Server)]
    [InlineData("serviceUnavailableException", "Busy", FailureKind.Overloaded)]
    [InlineData("modelTimeoutException", "Late", FailureKind.Timeout)]
    [InlineData("somethingNewException", "New", FailureKind.Server)]
    public async Task Bug_19_what_ends_a_stream_is_a_failure_of_its_kind(string type, string message, int kind)
    {
        var decoder = await DecodeAsync(Reasoned[..2], EventFrame.Exception(type, $$"""{"message":"{{message}}"}"""));

        decoder.Failure!.Kind.ShouldBe((FailureKind)kind);
        decoder.Failure.Message.ShouldBe(message);
    }

    [Theory]
    [InlineData("end_turn", null, StopReason.End)]
    [InlineData("stop_sequence", "END", StopReason.StopSequence)]
    [InlineData("max_tokens", null, StopReason.Length)]
    [InlineData("model_context_window_exceeded", null, StopReason.ContextLength)]
    [InlineData("content_filtered", null, StopReason.ContentFilter)]
    [InlineData("guardrail_intervened", null, StopReason.ContentFilter)]
    [InlineData("malformed_model_output", null, StopReason.Malformed)]
    [InlineData("something_new", null, StopReason.Other)]
    public void Reasons(string stopReason, string? sequence, int reason)
    {
        var decoder = Conversion.Decoder(WireFormat.BedrockConverse);
        var fields = sequence is null ? "" : $$""","additionalModelResponseFields":{"delta":{"stop_sequence":"{{sequence}}"} }""";
        decoder.ReadBody(Encoding.UTF8.GetBytes($$$$$"""{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"{{{{{stopReason}}}}}","usage":{"inputTokens":1,"outputTokens":1}{{{{{fields}}}}}}"""));

        var events = new List<NeutralEvent>();
        decoder.Drain(events);
        events[^1].Reason.ShouldBe((StopReason)reason);
        events[^1].Detail.ShouldBe(sequence);
    }

    [Fact]
    public void An_answer_that_is_only_malformed_is_a_failure()
    {
        var decoder = Conversion.Decoder(WireFormat.BedrockConverse);
        decoder.ReadBody("""{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"malformed_tool_use"}"""u8);

        decoder.Failure!.Kind.ShouldBe(FailureKind.Server);
    }

    [Fact]
    public void A_whole_answer_has_all_kinds_of_blocks()
    {
        var message = Conversion.Message(
            WireFormat.BedrockConverse,
            WireFormat.Claude,
            """
            {"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Hm","signature":"s"}}},{"reasoningContent":{"redactedContent":"eA=="}},
              {"text":"Hi"},{"citationsContent":{"content":[{"text":" there"}],"citations":[]}},{"toolUse":{"toolUseId":"t1","name":"f","input":{"b":1,"a":[]}}}]}},
             "stopReason":"tool_use","usage":{"inputTokens":1,"outputTokens":2,"totalTokens":3},"serviceTier":{"type":"flex"}}
            """,
            Conversion.Decode(WireFormat.Claude, ClaudeRequest),
            Conversion.Target("claude-opus-5"));

        message.GetProperty("content").EnumerateArray().Select(block => block.GetRawText()).ShouldBe(
        [
            """{"type":"thinking","thinking":"Hm","signature":"s"}""", """{"type":"redacted_thinking","data":"eA=="}""", """{"type":"text","text":"Hi"}""",
            """{"type":"text","text":" there"}""", """{"type":"tool_use","id":"t1","name":"f","input":{"b":1,"a":[]}}""",
        ]);
        message.GetProperty("stop_reason").GetString().ShouldBe("tool_use");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"output":7}""")]
    [InlineData("null")]
    [InlineData("[")]
    public void A_body_without_a_message_is_a_failure(string body)
    {
        var decoder = Conversion.Decoder(WireFormat.BedrockConverse);
        decoder.ReadBody(Encoding.UTF8.GetBytes(body));

        decoder.Failure!.Kind.ShouldBe(FailureKind.Server);
    }

    private static string Describe(JsonElement next)
    {
        var type = next.GetProperty("type").GetString()!;
        return type switch
        {
            "content_block_start" => $"{type} {next.GetProperty("content_block").GetProperty("type").GetString()}",
            "content_block_delta" => next.GetProperty("delta").EnumerateObject() is var members && members.MoveNext() && members.Current.Value.GetString() is var kind && members.MoveNext()
                ? $"{kind} {members.Current.Value.GetString()}"
                : type,
            "message_delta" => $"{type} {next.GetProperty("delta").GetProperty("stop_reason").GetString()}",
            _ => type,
        };
    }

    private static Task<string> ToClaudeAsync((string Type, string Data)[] events) => StreamAsync(events, WireFormat.Claude);

    private static async Task<string> StreamAsync((string Type, string Data)[] events, WireFormat client, params int[] cuts) => Conversion.Stream(
        WireFormat.BedrockConverse,
        client,
        await SseAsync(events, [], cuts),
        Conversion.Decode(client, client == WireFormat.Claude ? ClaudeRequest : ChatRequest),
        Conversion.Target("claude-opus-5"));

    private static async Task<AnswerDecoder> DecodeAsync((string Type, string Data)[] events, byte[]? more = null)
    {
        var decoder = Conversion.Decoder(WireFormat.BedrockConverse);
        foreach (var text in (await SseAsync(events, more ?? [])).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = text.Split('\n');
            decoder.ReadEvent(Encoding.UTF8.GetBytes(lines[0]["event: ".Length..]), Encoding.UTF8.GetBytes(lines[1]["data: ".Length..]));
        }

        decoder.Finish();
        return decoder;
    }

    private static async Task<string> SseAsync((string Type, string Data)[] events, byte[] more, params int[] cuts)
    {
        byte[] frames = [.. events.SelectMany(next => EventFrame.Event(next.Type, next.Data)), .. more];
        await using var stream = new EventStreamReader(new PiecewiseStream(frames, cuts), BedrockFrames.WriteConverse);
        var text = new MemoryStream();
        await stream.CopyToAsync(text, Cancel);
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
