using System.Text;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Tests.Proxy.Bugs;

namespace Gateway.Tests.Proxy.Formats;

/// <summary>Streams that must come out as they are written here, however they are cut on the way.</summary>
public sealed class StreamVectorTests
{
    private const string Claude = """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":10,"cache_read_input_tokens":90,"output_tokens":1}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

        event: ping
        data: {"type":"ping"}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"a"}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":0}

        event: content_block_start
        data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hi \ud83d\ude00 é"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":1}

        event: content_block_start
        data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"T","name":"f","input":{}}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"x\""}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":":1}"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":2}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":20}}

        event: message_stop
        data: {"type":"message_stop"}


        """;

    private const string Chat = """
        data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":null}}]}

        data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"A","type":"function","function":{"name":"f","arguments":""}}]}}]}

        data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]}

        data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"B","type":"function","function":{"name":"g","arguments":""}}]}}]}

        data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"{\"y\":2}"}}]}}]}

        data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

        data: {"id":"c","choices":[],"usage":{"prompt_tokens":50,"completion_tokens":9,"total_tokens":59,"prompt_tokens_details":{"cached_tokens":20}}}

        data: [DONE]


        """;

    private static readonly string ChatRequest = Sse.Request(WireFormat.OpenAiChat);
    private static readonly string ClaudeRequest = Sse.Request(WireFormat.Claude);

    [Fact]
    public void Vector_1_a_Claude_stream_for_a_chat_client()
    {
        var chunks = Conversion.Data(FromClaude()).Select(text => text == "[DONE]" ? default : JsonElement.Parse(text)).ToList();

        chunks[0].GetProperty("choices")[0].GetProperty("delta").GetRawText().ShouldBe("""{"role":"assistant","content":""}""");
        Deltas(chunks[1..^3]).ShouldBe(
        [
            """{"reasoning_content":"a"}""",
            """{"thinking_blocks":[{"type":"thinking","thinking":"a","signature":"gw1.claude.any.c2ln"}]}""",
            """{"content":"Hi \uD83D\uDE00 é"}""",
            """{"tool_calls":[{"index":0,"id":"T","type":"function","function":{"name":"f","arguments":""}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\""}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}""",
        ]);
        chunks[^3].GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
        chunks[^2].GetProperty("choices").GetArrayLength().ShouldBe(0);
        var usage = chunks[^2].GetProperty("usage");
        usage.GetProperty("prompt_tokens").GetInt64().ShouldBe(100);
        usage.GetProperty("completion_tokens").GetInt64().ShouldBe(20);
        usage.GetProperty("total_tokens").GetInt64().ShouldBe(120);
        usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt64().ShouldBe(90);
        Conversion.Data(FromClaude())[^1].ShouldBe("[DONE]");
    }

    [Fact]
    public void Vector_2_a_chat_stream_for_a_Claude_client()
    {
        var events = Conversion.Data(FromChat()).Select(text => JsonElement.Parse(text)).ToList();

        events.Select(next => next.GetProperty("type").GetString()).ShouldBe(
        [
            "message_start", "content_block_start", "content_block_delta", "content_block_stop", "content_block_start", "content_block_delta", "content_block_stop",
            "message_delta", "message_stop",
        ]);
        events[1].GetProperty("content_block").GetRawText().ShouldBe("""{"type":"tool_use","id":"A","name":"f","input":{}}""");
        events[2].GetProperty("delta").GetProperty("partial_json").GetString().ShouldBe("{}");
        events[4].GetProperty("index").GetInt64().ShouldBe(1);
        events[4].GetProperty("content_block").GetProperty("id").GetString().ShouldBe("B");
        events[^2].GetProperty("delta").GetProperty("stop_reason").GetString().ShouldBe("tool_use");
        var usage = events[^2].GetProperty("usage");
        usage.GetProperty("input_tokens").GetInt64().ShouldBe(30);
        usage.GetProperty("cache_read_input_tokens").GetInt64().ShouldBe(20);
        usage.GetProperty("output_tokens").GetInt64().ShouldBe(9);
    }

    [Fact]
    public void Vector_8_a_stream_that_is_cut_anywhere_comes_out_the_same()
    {
        foreach (var (from, convert) in new (string, Func<int[], string>)[] { (Claude, FromClaude), (Chat, FromChat) })
        {
            var length = Encoding.UTF8.GetByteCount(from);
            var whole = convert([]);
            for (var cut = 1; cut < length; cut++)
            {
                convert([cut]).ShouldBe(whole, $"cut at {cut}");
            }

            convert([.. Enumerable.Range(1, length - 1)]).ShouldBe(whole);
        }
    }

    [Fact]
    public void Bug_39_a_call_without_an_id_gets_one_that_no_other_answer_has()
    {
        var withoutIds = Chat.Replace("\"id\":\"A\",", "", StringComparison.Ordinal);

        var first = CallId(withoutIds);
        CallId(withoutIds).ShouldBe(first);
        CallId(withoutIds.Replace("\"id\":\"c\"", "\"id\":\"d\"", StringComparison.Ordinal)).ShouldNotBe(first);

        static string CallId(string sse) => JsonElement.Parse(Conversion.Data(Conversion.Stream(
            WireFormat.OpenAiChat, WireFormat.Claude, sse, Conversion.Decode(WireFormat.Claude, ClaudeRequest), Conversion.Target("gpt-5")))[1])
            .GetProperty("content_block").GetProperty("id").GetString()!;
    }

    [Fact]
    public void A_custom_tool_gets_its_text_back()
    {
        var request = Conversion.Decode(WireFormat.OpenAiChat, ChatRequest.Replace("\"stream\"", "\"tools\":[{\"type\":\"custom\",\"custom\":{\"name\":\"f\"}}],\"stream\"", StringComparison.Ordinal));
        var target = Conversion.Target("claude-opus-5");
        Conversion.Encode(request, WireFormat.Claude, target).GetProperty("tools")[0].GetProperty("input_schema").GetProperty("properties").TryGetProperty("input", out _).ShouldBeTrue();

        var stream = Conversion.Stream(WireFormat.Claude, WireFormat.OpenAiChat, Claude.Replace("\\\"x\\\"", "\\\"input\\\"", StringComparison.Ordinal).Replace(":1}\"", ":\\\"some text\\\"}\"", StringComparison.Ordinal), request, target);

        stream.ShouldContain("""{"index":0,"id":"T","type":"custom","custom":{"name":"f","input":"some text"}}""");
    }

    [Fact]
    public void A_refusal_is_a_reason_to_Claude_and_Gemini_clients()
    {
        const string Refused = """
            data: {"id":"c","choices":[{"index":0,"delta":{"role":"assistant","refusal":"I cannot"}}]}

            data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            data: [DONE]


            """;
        var target = Conversion.Target("gpt-4o");

        Conversion.Stream(WireFormat.OpenAiChat, WireFormat.Claude, Refused, Conversion.Decode(WireFormat.Claude, ClaudeRequest), target).ShouldContain("\"stop_reason\":\"refusal\"");
        Conversion.Stream(WireFormat.OpenAiChat, WireFormat.Gemini, Refused, Conversion.Decode(WireFormat.Gemini, """{"contents":[{"parts":[{"text":"hi"}]}]}"""), target).ShouldContain("\"finishReason\":\"SAFETY\"");
    }

    [Fact]
    public void A_stream_without_an_end_has_none()
    {
        var cut = Claude[..Claude.IndexOf("event: message_delta", StringComparison.Ordinal)];

        Conversion.Stream(WireFormat.Claude, WireFormat.OpenAiChat, cut, Conversion.Decode(WireFormat.OpenAiChat, ChatRequest), Conversion.Target("claude-opus-5"))
            .ShouldNotContain("[DONE]");
    }

    private static string FromClaude(params int[] cuts) => Conversion.Stream(
        WireFormat.Claude, WireFormat.OpenAiChat, Claude, Conversion.Decode(WireFormat.OpenAiChat, ChatRequest), Conversion.Target("claude-opus-5"), cuts);

    private static string FromChat(params int[] cuts) => Conversion.Stream(
        WireFormat.OpenAiChat, WireFormat.Claude, Chat, Conversion.Decode(WireFormat.Claude, ClaudeRequest), Conversion.Target("gpt-5"), cuts);

    private static IEnumerable<string> Deltas(IEnumerable<JsonElement> chunks) => chunks.Select(chunk => chunk.GetProperty("choices")[0].GetProperty("delta").GetRawText());
}
