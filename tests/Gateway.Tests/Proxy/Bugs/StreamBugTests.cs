using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Tests.Proxy.Formats;

namespace Gateway.Tests.Proxy.Bugs;

/// <summary>What other products got wrong in the shape of streams. The numbers are those of their list.</summary>
public sealed class StreamBugTests
{
    private const string Text = """{"type":"text","text":""}""";

    [Fact]
    public void Bug_3_a_field_without_a_space_behind_its_colon_is_read()
    {
        var sse = Sse.Message("end_turn", Sse.Block(0, Text, """{"type":"text_delta","text":"Hi"}""")).Replace(": {", ":{", StringComparison.Ordinal).Replace("event: ", "event:", StringComparison.Ordinal);

        Content(Sse.To(WireFormat.OpenAiChat, WireFormat.Claude, sse)).ShouldBe("Hi");
        Content(Sse.To(WireFormat.OpenAiChat, WireFormat.Gemini, Sse.Data(Sse.Candidate("{\"text\":\"Hi\"}", "STOP")).Replace("data: ", "data:", StringComparison.Ordinal))).ShouldBe("Hi");
    }

    [Fact]
    public void Bug_5_26_the_index_of_a_call_counts_calls_only_and_is_always_there()
    {
        var sse = Sse.Message(
            "tool_use",
            [
                .. Sse.Block(0, Text, """{"type":"text_delta","text":"Hi"}"""),
                .. Sse.Block(1, """{"type":"tool_use","id":"A","name":"f","input":{}}""", """{"type":"input_json_delta","partial_json":"{}"}"""),
                .. Sse.Block(2, """{"type":"tool_use","id":"B","name":"f","input":{}}""", """{"type":"input_json_delta","partial_json":"{\"x\":"}""", """{"type":"input_json_delta","partial_json":"1}"}"""),
            ]);

        var indices = Sse.To(WireFormat.OpenAiChat, WireFormat.Claude, sse).Deltas()
            .Where(delta => delta.TryGetProperty("tool_calls", out _)).Select(delta => delta.GetProperty("tool_calls")[0].GetProperty("index").GetInt32());

        indices.ShouldBe([0, 0, 1, 1, 1]);
    }

    [Theory]
    [InlineData("""{"id":"c","choices":null}""")]
    [InlineData("""{"id":"c","choices":[{"finish_reason":null}]}""")]
    [InlineData("""{"id":"c","choices":[{"index":0,"delta":null}]}""")]
    public void Bug_6_a_chunk_without_choices_or_delta_breaks_nothing(string chunk)
    {
        var events = Sse.To(WireFormat.Claude, WireFormat.OpenAiChat, Sse.Data(chunk, Sse.Chunk("""{"content":"Hi"}"""), Sse.Chunk("{}", "stop"), "[DONE]"));

        events.Select(Type).ShouldBe(["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"]);
    }

    [Fact]
    public void Bug_7_an_end_with_calls_is_a_call_for_tools()
    {
        var sse = Sse.Data(Sse.Chunk("""{"tool_calls":[{"index":0,"id":"A","function":{"name":"f","arguments":"{}"}}]}"""), Sse.Chunk("{}", "stop"), "[DONE]");

        Sse.To(WireFormat.Claude, WireFormat.OpenAiChat, sse)[^2].GetProperty("delta").GetProperty("stop_reason").GetString().ShouldBe("tool_use");
    }

    [Fact]
    public void Bug_8_a_reason_that_comes_after_the_call_still_calls_for_tools()
    {
        var sse = Sse.Data(Sse.Candidate("""{"functionCall":{"name":"f","args":{}}}"""), Sse.Candidate("", "STOP"));

        Reason(Sse.To(WireFormat.OpenAiChat, WireFormat.Gemini, sse)).ShouldBe("tool_calls");
    }

    [Fact]
    public void Bug_9_the_empty_input_at_a_calls_start_is_no_piece_of_it()
    {
        var sse = Sse.Message("tool_use", Sse.Block(0, """{"type":"tool_use","id":"A","name":"f","input":{}}""", """{"type":"input_json_delta","partial_json":"{\"x\":1}"}"""));

        Arguments(Sse.To(WireFormat.OpenAiChat, WireFormat.Claude, sse)).ShouldBe("{\"x\":1}");
    }

    [Fact]
    public void Bug_11_12_a_message_ends_once_after_its_calls_also_when_no_usage_comes()
    {
        var sse = Sse.Data(Sse.Chunk("""{"tool_calls":[{"index":0,"id":"A","function":{"name":"f","arguments":"{}"}}]}"""), Sse.Chunk("{}", "tool_calls"));

        Sse.To(WireFormat.Claude, WireFormat.OpenAiChat, sse).Select(Type)
            .ShouldBe(["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"]);
    }

    [Fact]
    public void Bug_13_14_interleaved_calls_keep_their_own_arguments_and_blocks_are_numbered_without_gaps()
    {
        var sse = Sse.Data(
            Sse.Chunk("""{"reasoning_content":"hm"}"""),
            Sse.Chunk("""{"content":"Hi"}"""),
            Sse.Chunk("""{"tool_calls":[{"index":0,"id":"A","function":{"name":"f","arguments":"{\"a\":"}},{"index":1,"id":"B","function":{"name":"g","arguments":"{\"b\":"}}]}"""),
            Sse.Chunk("""{"tool_calls":[{"index":1,"function":{"arguments":"2}"}},{"index":0,"function":{"arguments":"1}"}}]}"""),
            Sse.Chunk("{}", "tool_calls"),
            "[DONE]");

        var events = Sse.To(WireFormat.Claude, WireFormat.OpenAiChat, sse);

        events.Where(next => Type(next) == "content_block_start").Select(next => next.GetProperty("index").GetInt32()).ShouldBe([0, 1, 2, 3]);
        events.Where(next => Type(next) == "content_block_stop").Select(next => next.GetProperty("index").GetInt32()).ShouldBe([0, 1, 2, 3]);
        Input(2).ShouldBe("{\"a\":1}");
        Input(3).ShouldBe("{\"b\":2}");

        string Input(int index) => string.Concat(events
            .Where(next => Type(next) == "content_block_delta" && next.GetProperty("index").GetInt32() == index).Select(next => next.GetProperty("delta").GetProperty("partial_json").GetString()));
    }

    [Fact]
    public void Bug_16_a_response_that_was_cut_by_its_limit_is_incomplete()
    {
        var last = Sse.To(WireFormat.OpenAiResponses, WireFormat.Claude, Sse.Message("max_tokens", Sse.Block(0, Text, """{"type":"text_delta","text":"Hi"}""")))[^1];

        Type(last).ShouldBe("response.incomplete");
        last.GetProperty("response").GetProperty("incomplete_details").GetProperty("reason").GetString().ShouldBe("max_output_tokens");
    }

    [Fact]
    public void A_call_that_its_limit_cut_off_is_no_completed_item_of_a_response()
    {
        var sse = Sse.Message("max_tokens", Sse.Block(0, """{"type":"tool_use","id":"A","name":"f","input":{}}""", """{"type":"input_json_delta","partial_json":"{\"x\":"}"""));

        var events = Sse.To(WireFormat.OpenAiResponses, WireFormat.Claude, sse);

        events.Single(next => Type(next) == "response.output_item.done").GetProperty("item").GetProperty("status").GetString().ShouldBe("incomplete");
        events[^1].GetProperty("response").GetProperty("output")[0].GetProperty("status").GetString().ShouldBe("incomplete");
    }

    [Theory]
    [InlineData(WireFormat.OpenAiChat)]
    [InlineData(WireFormat.Claude)]
    [InlineData(WireFormat.Gemini)]
    public void Bug_18_84_an_answer_without_a_reason_is_no_success(object upstream)
    {
        var wire = (WireFormat)upstream;
        var sse = wire switch
        {
            WireFormat.OpenAiChat => Sse.Data(Sse.Chunk("""{"content":"Hi"}"""), "[DONE]"),
            WireFormat.Gemini => Sse.Data(Sse.Candidate("{\"text\":\"Hi\"}")),
            _ => Sse.Named(["""{"type":"message_start","message":{"id":"m"}}""", .. Sse.Block(0, Text, """{"type":"text_delta","text":"Hi"}""")]),
        };
        var decoder = Conversion.Decoder(wire);
        foreach (var data in Conversion.Data(sse))
        {
            decoder.ReadEvent(""u8, System.Text.Encoding.UTF8.GetBytes(data));
        }

        decoder.Finish();

        decoder.IsComplete.ShouldBeFalse();
    }

    [Fact]
    public void Bug_20_a_second_message_start_is_merged()
    {
        var events = Sse.Message("end_turn", Sse.Block(0, Text, """{"type":"text_delta","text":"Hi"}"""));
        var again = events.Replace("event: message_delta", Sse.Named("""{"type":"message_start","message":{"id":"x","usage":{"input_tokens":7,"output_tokens":1}}}""") + "event: message_delta", StringComparison.Ordinal);

        var chunks = Sse.To(WireFormat.OpenAiChat, WireFormat.Claude, again);

        Content(chunks).ShouldBe("Hi");
        chunks.Deltas().Count(delta => delta.TryGetProperty("role", out _)).ShouldBe(1);
        chunks[^1].GetProperty("usage").GetProperty("prompt_tokens").GetInt32().ShouldBe(7);
    }

    [Fact]
    public void Bug_21_a_name_that_comes_after_the_arguments_is_waited_for()
    {
        var sse = Sse.Data(
            Sse.Chunk("""{"tool_calls":[{"index":0,"id":"A","function":{"arguments":"{\"x\":"}}]}"""),
            Sse.Chunk("""{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"1}"}}]}"""),
            Sse.Chunk("{}", "tool_calls"),
            "[DONE]");

        var events = Sse.To(WireFormat.Claude, WireFormat.OpenAiChat, sse);

        events[1].GetProperty("content_block").GetProperty("name").GetString().ShouldBe("f");
        string.Concat(events.Where(next => Type(next) == "content_block_delta").Select(next => next.GetProperty("delta").GetProperty("partial_json").GetString())).ShouldBe("{\"x\":1}");
    }

    [Fact]
    public void Bug_22_empty_roles_and_null_members_mean_nothing()
    {
        var sse = Sse.Data(
            Sse.Chunk("""{"role":"","content":"Hi","tool_calls":null,"refusal":null}"""),
            Sse.Chunk("""{"role":"","tool_calls":[{"index":0,"id":"A","type":null,"function":{"name":"f","arguments":null}}]}"""),
            Sse.Chunk("""{"tool_calls":[{"index":0,"id":"","type":null,"function":{"name":null,"arguments":"{}"}}]}"""),
            Sse.Chunk("{}", "tool_calls"),
            "[DONE]");

        Sse.To(WireFormat.Claude, WireFormat.OpenAiChat, sse).Count(next => Type(next) == "content_block_start").ShouldBe(2);
    }

    [Fact]
    public void Bug_27_a_stream_begins_with_its_role_and_a_whole_usage()
    {
        Sse.To(WireFormat.OpenAiChat, WireFormat.Gemini, Sse.Data(Sse.Candidate("{\"text\":\"Hi\"}", "STOP")))[0].GetProperty("choices")[0].GetProperty("delta").GetProperty("role").GetString().ShouldBe("assistant");
        var usage = Sse.To(WireFormat.Claude, WireFormat.OpenAiChat, Sse.Data(Sse.Chunk("""{"content":"Hi"}"""), Sse.Chunk("{}", "stop"), "[DONE]"))[0].GetProperty("message").GetProperty("usage");
        usage.GetProperty("cache_creation").GetRawText().ShouldBe("""{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0}""");
        foreach (var counter in (string[])["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens"])
        {
            usage.GetProperty(counter).ValueKind.ShouldBe(JsonValueKind.Number, counter);
        }
    }

    [Fact]
    public void Bug_77_a_limit_is_said_as_length()
    {
        Reason(Sse.To(WireFormat.OpenAiChat, WireFormat.Claude, Sse.Message("max_tokens", Sse.Block(0, Text, """{"type":"text_delta","text":"Hi"}""")))).ShouldBe("length");
        Reason(Sse.To(WireFormat.OpenAiChat, WireFormat.Gemini, Sse.Data(Sse.Candidate("{\"text\":\"Hi\"}", "MAX_TOKENS")))).ShouldBe("length");
    }

    private static string? Type(JsonElement next) => next.GetProperty("type").GetString();

    private static string Content(IEnumerable<JsonElement> chunks) =>
        string.Concat(chunks.Deltas().Select(delta => delta.TryGetProperty("content", out var content) ? content.GetString() : ""));

    private static string Arguments(IEnumerable<JsonElement> chunks) => string.Concat(chunks.Deltas()
        .Select(delta => delta.TryGetProperty("tool_calls", out var calls) ? calls[0].GetProperty("function").GetProperty("arguments").GetString() : ""));

    private static string? Reason(IEnumerable<JsonElement> chunks) => chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray())
        .Select(choice => choice.GetProperty("finish_reason").GetString()).Single(reason => reason is not null);
}
