using System.Text;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.OpenAiResponses;

namespace Gateway.Tests.Proxy.Formats;

/// <summary>Streams of responses, from the platform to other clients and from other platforms to clients of responses.</summary>
public sealed class ResponsesStreamTests
{
    private const string ClaudeRequest = """{"model":"m","stream":true,"max_tokens":10,"thinking":{"type":"adaptive"},"messages":[{"role":"user","content":"hi"}]}""";
    private const string ChatRequest = """{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}""";

    private const string ResponsesRequest = """
        {"model":"m","stream":true,"input":"hi","instructions":"Be brief.","metadata":{"a":"b"},"reasoning":{"effort":"low","summary":"auto"},
         "include":["reasoning.encrypted_content"],"tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{}}},{"type":"custom","name":"c"},
         {"type":"namespace","name":"ns","tools":[{"type":"function","name":"g","parameters":{"type":"object"}}]}]}
        """;

    private const string OnlyDone = """
        event: response.created
        data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","status":"in_progress"}}

        event: response.output_item.added
        data: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"type":"message","id":"msg_1","content":[]}}

        event: response.output_text.done
        data: {"type":"response.output_text.done","sequence_number":2,"output_index":0,"content_index":0,"text":"Once"}

        event: response.content_part.done
        data: {"type":"response.content_part.done","sequence_number":3,"output_index":0,"content_index":0,"part":{"type":"output_text","text":"Once"}}

        event: response.output_item.done
        data: {"type":"response.output_item.done","sequence_number":4,"output_index":0,"item":{"type":"message","id":"msg_1","content":[{"type":"output_text","text":"Once"}]}}

        event: response.completed
        data: {"type":"response.completed","sequence_number":5,"response":{"id":"resp_1","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"Once"}]}],"usage":{"input_tokens":30,"input_tokens_details":{"cached_tokens":20},"output_tokens":9,"output_tokens_details":{"reasoning_tokens":4}}}}


        """;

    private const string Whole = """
        event: response.created
        data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","status":"in_progress"}}

        event: response.output_item.added
        data: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[]}}

        event: response.reasoning_summary_text.delta
        data: {"type":"response.reasoning_summary_text.delta","sequence_number":2,"output_index":0,"summary_index":0,"delta":"Hm"}

        event: response.reasoning_summary_text.done
        data: {"type":"response.reasoning_summary_text.done","sequence_number":3,"output_index":0,"summary_index":0,"text":"Hm"}

        event: response.output_item.done
        data: {"type":"response.output_item.done","sequence_number":4,"output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hm"}],"encrypted_content":"sig"}}

        event: response.output_item.added
        data: {"type":"response.output_item.added","sequence_number":5,"output_index":1,"item":{"type":"message","id":"msg_1","content":[]}}

        event: response.content_part.added
        data: {"type":"response.content_part.added","sequence_number":6,"output_index":1,"content_index":0,"part":{"type":"output_text","text":""}}

        event: response.output_text.delta
        data: {"type":"response.output_text.delta","sequence_number":7,"output_index":1,"content_index":0,"delta":"Hi \ud83d\ude00 é"}

        event: response.output_text.done
        data: {"type":"response.output_text.done","sequence_number":8,"output_index":1,"content_index":0,"text":"Hi \ud83d\ude00 é"}

        event: response.output_item.done
        data: {"type":"response.output_item.done","sequence_number":9,"output_index":1,"item":{"type":"message","content":[{"type":"output_text","text":"Hi \ud83d\ude00 é"}]}}

        event: response.output_item.added
        data: {"type":"response.output_item.added","sequence_number":10,"output_index":2,"item":{"type":"function_call","id":"fc_1","call_id":"T","name":"f","arguments":""}}

        event: response.function_call_arguments.delta
        data: {"type":"response.function_call_arguments.delta","sequence_number":11,"output_index":2,"delta":"{\"x\""}

        event: response.function_call_arguments.delta
        data: {"type":"response.function_call_arguments.delta","sequence_number":12,"output_index":2,"delta":":1}"}

        event: response.function_call_arguments.done
        data: {"type":"response.function_call_arguments.done","sequence_number":13,"output_index":2,"arguments":"{\"x\":1}"}

        event: response.output_item.done
        data: {"type":"response.output_item.done","sequence_number":14,"output_index":2,"item":{"type":"function_call","call_id":"T","name":"f","arguments":"{\"x\":1}"}}

        event: response.completed
        data: {"type":"response.completed","sequence_number":15,"response":{"id":"resp_1","status":"completed","output":[],"usage":{"input_tokens":100,"input_tokens_details":{"cached_tokens":90},"output_tokens":20}}}


        """;

    private const string Claude = """
        data: {"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":10,"cache_read_input_tokens":90,"output_tokens":1}}}

        data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

        data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"a"}}

        data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig"}}

        data: {"type":"content_block_stop","index":0}

        data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

        data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hi \ud83d\ude00"}}

        data: {"type":"content_block_stop","index":1}

        data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"T1","name":"f","input":{}}}

        data: {"type":"content_block_stop","index":2}

        data: {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"T2","name":"c","input":{}}}

        data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"input\":\"ls "}}

        data: {"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"-l\"}"}}

        data: {"type":"content_block_stop","index":3}

        data: {"type":"content_block_start","index":4,"content_block":{"type":"tool_use","id":"T3","name":"ns__g","input":{}}}

        data: {"type":"content_block_delta","index":4,"delta":{"type":"input_json_delta","partial_json":"{\"y\":2}"}}

        data: {"type":"content_block_stop","index":4}

        data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":20}}

        data: {"type":"message_stop"}


        """;

    [Fact]
    public void Vector_5_a_text_that_came_without_deltas_appears_once()
    {
        var events = Events(ToClaude(OnlyDone));

        events.Where(next => Type(next) == "content_block_delta").Select(next => next.GetProperty("delta").GetProperty("text").GetString()).ShouldBe(["Once"]);
        var last = events.Single(next => Type(next) == "message_delta");
        last.GetProperty("delta").GetProperty("stop_reason").GetString().ShouldBe("end_turn");
        last.GetProperty("usage").GetProperty("input_tokens").GetInt64().ShouldBe(10);
        last.GetProperty("usage").GetProperty("cache_read_input_tokens").GetInt64().ShouldBe(20);
        last.GetProperty("usage").GetProperty("output_tokens").GetInt64().ShouldBe(9);
    }

    [Theory]
    [InlineData("event: response.output_text.done")]
    [InlineData("event: response.content_part.done")]
    [InlineData("event: response.output_item.done")]
    public void Vector_5_whichever_event_is_missing(string missing)
    {
        var start = OnlyDone.IndexOf(missing, StringComparison.Ordinal);
        var end = OnlyDone.IndexOf("\n\n", start, StringComparison.Ordinal) + 2;

        Events(ToClaude(OnlyDone.Remove(start, end - start))).Count(next => next.GetRawText().Contains("Once", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public void A_response_for_a_Claude_client()
    {
        var events = Events(ToClaude(Whole));

        events.Where(next => Type(next) == "content_block_start").Select(next => next.GetProperty("content_block").GetProperty("type").GetString()).ShouldBe(["thinking", "text", "tool_use"]);
        events.Where(next => Type(next) == "content_block_delta").Select(next => next.GetProperty("delta").EnumerateObject().Last().Value.GetString()).ShouldBe(
            ["Hm", $"gw1.openai.any.{Base64("sig")}", "Hi 😀 é", "{\"x\"", ":1}"]);
        events.Single(next => Type(next) == "message_delta").GetProperty("delta").GetProperty("stop_reason").GetString().ShouldBe("tool_use");
    }

    [Fact]
    public void A_response_for_a_chat_client()
    {
        var text = Conversion.Stream(WireFormat.OpenAiResponses, WireFormat.OpenAiChat, Whole, Conversion.Decode(WireFormat.OpenAiChat, ChatRequest), Conversion.Target("gpt-5.4"));

        text.ShouldEndWith("data: [DONE]\n\n");
        text.ShouldContain("\"finish_reason\":\"tool_calls\"");
        text.ShouldContain("\"prompt_tokens\":100");
        text.ShouldContain("""{"reasoning_content":"Hm"}""");
    }

    [Fact]
    public void A_Claude_stream_for_a_client_of_responses_has_every_event_in_order_and_numbered()
    {
        var events = Events(FromClaude());

        events.Select(Type).ShouldBe(
        [
            "response.created", "response.in_progress",
            "response.output_item.added", "response.reasoning_summary_part.added", "response.reasoning_summary_text.delta", "response.reasoning_summary_text.done",
            "response.reasoning_summary_part.done", "response.output_item.done",
            "response.output_item.added", "response.content_part.added", "response.output_text.delta", "response.output_text.done", "response.content_part.done", "response.output_item.done",
            "response.output_item.added", "response.function_call_arguments.delta", "response.function_call_arguments.done", "response.output_item.done",
            "response.output_item.added", "response.custom_tool_call_input.delta", "response.custom_tool_call_input.done", "response.output_item.done",
            "response.output_item.added", "response.function_call_arguments.delta", "response.function_call_arguments.done", "response.output_item.done",
            "response.completed",
        ]);
        events.Select(next => next.GetProperty("sequence_number").GetInt32()).ShouldBe(Enumerable.Range(0, events.Count));
        var response = events[^1].GetProperty("response");
        response.GetProperty("instructions").GetString().ShouldBe("Be brief.");
        response.GetProperty("metadata").GetProperty("a").GetString().ShouldBe("b");
        response.GetProperty("tools").GetArrayLength().ShouldBe(3);
        var usage = response.GetProperty("usage");
        usage.GetProperty("input_tokens").GetInt64().ShouldBe(100);
        usage.GetProperty("input_tokens_details").GetProperty("cached_tokens").GetInt64().ShouldBe(90);
        usage.GetProperty("output_tokens_details").GetProperty("reasoning_tokens").GetInt64().ShouldBe(0);
        var output = response.GetProperty("output");
        output[0].GetProperty("summary")[0].GetProperty("text").GetString().ShouldBe("a");
        output[0].GetProperty("encrypted_content").GetString()!.ShouldStartWith("gw1.claude.any.");
        output[1].GetProperty("content")[0].GetProperty("text").GetString().ShouldBe("Hi 😀");
        output[2].GetProperty("call_id").GetString().ShouldBe("T1");
        output[2].GetProperty("arguments").GetString().ShouldBe("{}");
        output[3].GetProperty("type").GetString().ShouldBe("custom_tool_call");
        output[3].GetProperty("input").GetString().ShouldBe("ls -l");
        output[4].GetProperty("name").GetString().ShouldBe("g");
        output[4].GetProperty("namespace").GetString().ShouldBe("ns");
        events.Where(next => Type(next) == "response.output_item.done").Select(next => next.GetProperty("item").GetRawText()).ShouldBe(output.EnumerateArray().Select(item => item.GetRawText()));
    }

    [Fact]
    public void Reasoning_goes_back_to_Claude_as_it_came()
    {
        var item = Events(FromClaude())[^1].GetProperty("response").GetProperty("output")[0].GetRawText();
        var request = Conversion.Decode(
            WireFormat.OpenAiResponses, $$"""{"model":"m","input":[{"role":"user","content":"hi"},{{item}},{"type":"function_call","call_id":"T","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"T","output":"ok"}]}""");

        var block = Conversion.Encode(request, WireFormat.Claude, Conversion.Target("claude-opus-5")).GetProperty("messages")[1].GetProperty("content")[0];

        block.GetRawText().ShouldBe("""{"type":"thinking","thinking":"a","signature":"sig"}""");
    }

    [Theory]
    [InlineData("max_tokens", "response.incomplete", "max_output_tokens")]
    [InlineData("model_context_window_exceeded", "response.incomplete", "max_output_tokens")]
    [InlineData("refusal", "response.incomplete", "content_filter")]
    [InlineData("end_turn", "response.completed", null)]
    public void An_answer_ends_as_its_reason_says(string reason, string type, string? detail)
    {
        var last = Events(FromClaude(Claude.Replace("\"tool_use\"}", $"\"{reason}\"}}", StringComparison.Ordinal)))[^1];

        Type(last).ShouldBe(type);
        var details = last.GetProperty("response").GetProperty("incomplete_details");
        (details.ValueKind == JsonValueKind.Null ? null : details.GetProperty("reason").GetString()).ShouldBe(detail);
    }

    [Fact]
    public void Vector_8_a_stream_that_is_cut_anywhere_comes_out_the_same()
    {
        foreach (var (from, convert) in new (string, Func<int[], string>)[] { (Whole, cuts => ToClaude(Whole, cuts)), (OnlyDone, cuts => ToClaude(OnlyDone, cuts)), (Claude, cuts => FromClaude(Claude, cuts)) })
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
    public void Vector_7_a_stream_without_an_end_has_none_wherever_it_ends()
    {
        for (var at = Whole.IndexOf("\n\n", StringComparison.Ordinal); at < Whole.IndexOf("event: response.completed", StringComparison.Ordinal); at = Whole.IndexOf("\n\n", at + 2, StringComparison.Ordinal))
        {
            ToClaude(Whole[..(at + 2)]).ShouldNotContain("message_stop");
        }

        for (var at = Claude.IndexOf("\n\n", StringComparison.Ordinal); at < Claude.IndexOf("data: {\"type\":\"message_delta", StringComparison.Ordinal); at = Claude.IndexOf("\n\n", at + 2, StringComparison.Ordinal))
        {
            FromClaude(Claude[..(at + 2)]).ShouldNotContain("response.completed");
        }
    }

    [Fact]
    public void Nothing_starts_before_the_first_item()
    {
        var decoder = new ResponsesDecoder();

        decoder.ReadEvent(default, """{"type":"response.created","response":{"id":"r"}}"""u8).ShouldBe(EventVerdict.Forward);
        decoder.ReadEvent(default, """{"type":"response.in_progress","response":{"id":"r"}}"""u8).ShouldBe(EventVerdict.Forward);
        decoder.ReadEvent(default, """{"type":"response.failed","response":{"error":{"code":"context_length_exceeded","message":"long"}}}"""u8).ShouldBe(EventVerdict.Failed);
        decoder.Failure!.Kind.ShouldBe(Gateway.Proxy.Neutral.FailureKind.ContextLength);
    }

    [Fact]
    public void A_whole_response_for_a_Claude_client_has_the_content_of_its_stream()
    {
        const string Body = """
            {"id":"resp_1","object":"response","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"error":null,"output":[
              {"type":"reasoning","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],"encrypted_content":"sig"},
              {"type":"web_search_call","id":"ws_1","status":"completed"},
              {"type":"message","content":[{"type":"output_text","text":"Hi"},{"type":"refusal","refusal":"No"}]},
              {"type":"custom_tool_call","call_id":"C","name":"c","input":"ls \"x\""}],
             "usage":{"input_tokens":5,"output_tokens":6}}
            """;

        var message = Conversion.Message(WireFormat.OpenAiResponses, WireFormat.Claude, Body, Conversion.Decode(WireFormat.Claude, ClaudeRequest), Conversion.Target("gpt-5.4"));

        var content = message.GetProperty("content");
        content.EnumerateArray().Select(Type).ShouldBe(["thinking", "text", "text", "tool_use"]);
        content[0].GetProperty("thinking").GetString().ShouldBe("a\n\nb");
        content[3].GetProperty("input").GetProperty("input").GetString().ShouldBe("ls \"x\"");
        message.GetProperty("stop_reason").GetString().ShouldBe("max_tokens");
    }

    private static string? Type(JsonElement json) => json.GetProperty("type").GetString();

    private static string Base64(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static List<JsonElement> Events(string sse) => [.. Conversion.Data(sse).Select(text => JsonElement.Parse(text))];

    private static string ToClaude(string sse, params int[] cuts) => Conversion.Stream(
        WireFormat.OpenAiResponses, WireFormat.Claude, sse, Conversion.Decode(WireFormat.Claude, ClaudeRequest), Conversion.Target("gpt-5.4"), cuts);

    private static string FromClaude(string sse = Claude, params int[] cuts) => Conversion.Stream(
        WireFormat.Claude, WireFormat.OpenAiResponses, sse, Conversion.Decode(WireFormat.OpenAiResponses, ResponsesRequest), Conversion.Target("claude-opus-5"), cuts);
}
