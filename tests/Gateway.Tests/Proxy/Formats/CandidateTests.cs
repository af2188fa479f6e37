using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Tests.Proxy.Bugs;

namespace Gateway.Tests.Proxy.Formats;

/// <summary>Several answers to one request: chat completions call them choices, Gemini candidates.</summary>
public sealed class CandidateTests
{
    private const string ChatRequest = """{"model":"m","n":3,"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f"}}]}""";
    private const string GeminiRequest = """{"contents":[{"parts":[{"text":"hi"}]}],"tools":[{"functionDeclarations":[{"name":"f"}]}],"generationConfig":{"candidateCount":3}}""";

    // Mixed, and one that never comes.
    private static readonly string ChatStream = Sse.Data(
        """{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":"o"},"finish_reason":null}]}""",
        """{"id":"c","choices":[{"index":1,"delta":{"role":"assistant","content":"t"},"finish_reason":null}]}""",
        """{"id":"c","choices":[{"index":0,"delta":{"content":"ne"},"finish_reason":null}]}""",
        """{"id":"c","choices":[{"index":1,"delta":{"tool_calls":[{"index":0,"id":"T","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":null}]}""",
        """{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"length"}]}""",
        """{"id":"c","choices":[{"index":1,"delta":{},"finish_reason":"tool_calls"}]}""",
        """{"id":"c","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":9,"total_tokens":12}}""",
        "[DONE]");

    private static readonly string GeminiStream = Sse.Data(
        """{"candidates":[{"content":{"role":"model","parts":[{"text":"o"}]}},{"index":1,"content":{"role":"model","parts":[{"text":"t"}]}}],"responseId":"r"}""",
        """{"candidates":[{"index":1,"content":{"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},"finishReason":"STOP"}],"responseId":"r"}""",
        """{"candidates":[{"content":{"role":"model","parts":[{"text":"ne"}]},"finishReason":"MAX_TOKENS"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":9,"totalTokenCount":12},"responseId":"r"}""");

    [Fact]
    public void A_stream_of_choices_becomes_one_of_candidates_however_it_is_cut()
    {
        var request = Conversion.Decode(WireFormat.Gemini, GeminiRequest);
        var stream = Conversion.Stream(WireFormat.OpenAiChat, WireFormat.Gemini, ChatStream, request, Conversion.Target("gpt-4o"));

        var chunks = Conversion.Data(stream).Select(text => JsonElement.Parse(text)).ToList();
        var candidates = chunks.Select(chunk => chunk.GetProperty("candidates")[0]).ToLookup(candidate => candidate.GetProperty("index").GetInt32());
        candidates.Count.ShouldBe(2, "a candidate that never came is none");
        Text(candidates[0]).ShouldBe("one");
        Text(candidates[1]).ShouldBe("t");
        candidates[1].Count(candidate => candidate.GetRawText().Contains("functionCall", StringComparison.Ordinal)).ShouldBe(1);
        candidates[0].Last().GetProperty("finishReason").GetString().ShouldBe("MAX_TOKENS");
        candidates[1].Last().GetProperty("finishReason").GetString().ShouldBe("STOP");
        chunks[^1].GetProperty("usageMetadata").GetProperty("totalTokenCount").GetInt64().ShouldBe(12);
        for (var cut = 1; cut < ChatStream.Length; cut++)
        {
            Conversion.Stream(WireFormat.OpenAiChat, WireFormat.Gemini, ChatStream, request, Conversion.Target("gpt-4o"), cut).ShouldBe(stream, $"cut at {cut}");
        }

        static string Text(IEnumerable<JsonElement> candidates) => string.Concat(
            candidates.SelectMany(candidate => candidate.GetProperty("content").GetProperty("parts").EnumerateArray()).Select(part => part.TryGetProperty("text", out var text) ? text.GetString() : ""));
    }

    [Fact]
    public void A_stream_of_candidates_becomes_one_of_choices_that_ends_once()
    {
        var stream = Conversion.Stream(WireFormat.Gemini, WireFormat.OpenAiChat, GeminiStream, Conversion.Decode(WireFormat.OpenAiChat, ChatRequest), Conversion.Target("gemini-2.5-flash"));

        var data = Conversion.Data(stream);
        data.Count(text => text == "[DONE]").ShouldBe(1);
        var chunks = data.Where(text => text != "[DONE]").Select(text => JsonElement.Parse(text)).ToList();
        var choices = chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray()).ToLookup(choice => choice.GetProperty("index").GetInt32());
        choices.Count.ShouldBe(2);
        choices[0].Select(choice => choice.GetProperty("delta").TryGetProperty("content", out var text) ? text.GetString() : "").ShouldBe(["", "o", "ne", ""]);
        choices[0].Last().GetProperty("finish_reason").GetString().ShouldBe("length");
        choices[1].Last().GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
        chunks.Count(chunk => chunk.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object).ShouldBe(1);
        chunks[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt64().ShouldBe(9);
    }

    [Fact]
    public void Whole_answers_keep_their_candidates()
    {
        const string Chat = """
            {"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":"one"},"finish_reason":"stop"},
              {"index":1,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"T","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}],
             "usage":{"prompt_tokens":3,"completion_tokens":9,"total_tokens":12}}
            """;
        const string Gemini = """
            {"candidates":[{"content":{"role":"model","parts":[{"text":"one"}]},"finishReason":"STOP"},
              {"index":1,"content":{"role":"model","parts":[{"functionCall":{"id":"T","name":"f","args":{}}}]},"finishReason":"STOP"}],
             "usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":9,"totalTokenCount":12},"responseId":"r"}
            """;

        var candidates = Conversion.Message(WireFormat.OpenAiChat, WireFormat.Gemini, Chat, Conversion.Decode(WireFormat.Gemini, GeminiRequest), Conversion.Target("gpt-4o"));
        var choices = Conversion.Message(WireFormat.Gemini, WireFormat.OpenAiChat, Gemini, Conversion.Decode(WireFormat.OpenAiChat, ChatRequest), Conversion.Target("gemini-2.5-flash"));

        candidates.GetProperty("candidates").EnumerateArray().Select(candidate => candidate.GetProperty("content").GetProperty("parts").GetRawText())
            .ShouldBe(["""[{"text":"one"}]""", """[{"functionCall":{"id":"T","name":"f","args":{}}}]"""]);
        candidates.GetProperty("candidates").EnumerateArray().Select(candidate => candidate.GetProperty("index").GetInt32()).ShouldBe([0, 1]);
        choices.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("finish_reason").GetString()).ShouldBe(["stop", "tool_calls"]);
        choices.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("one");
        choices.GetProperty("choices")[1].GetProperty("index").GetInt32().ShouldBe(1);
        choices.GetProperty("usage").GetProperty("completion_tokens").GetInt64().ShouldBe(9);
    }

    [Fact]
    public void An_answer_of_which_one_candidate_was_cut_is_cut()
    {
        var decoder = new CandidatesDecoder([Codec.Of(WireFormat.OpenAiChat).CreateAnswerDecoder(0), Codec.Of(WireFormat.OpenAiChat).CreateAnswerDecoder(1)], "choices");
        decoder.ReadEvent(""u8, """{"id":"c","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}"""u8).ShouldBe(EventVerdict.ForwardContent);
        decoder.ReadEvent(""u8, """{"id":"c","choices":[{"index":1,"delta":{"content":"a"},"finish_reason":null}]}"""u8);
        decoder.Finish();

        decoder.IsComplete.ShouldBeFalse();
        decoder.OutputBytes.ShouldBe(2);
    }

    [Fact]
    public void A_stream_of_which_one_candidate_was_cut_has_no_end_of_its_own()
    {
        var cut = Sse.Data("""{"candidates":[{"index":0,"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"},{"index":1,"content":{"parts":[{"text":"half"}]}}],"responseId":"r"}""");

        var stream = Conversion.Stream(WireFormat.Gemini, WireFormat.OpenAiChat, cut, Conversion.Decode(WireFormat.OpenAiChat, ChatRequest), Conversion.Target("gemini-2.5-flash"));

        stream.ShouldContain("half");
        stream.ShouldNotContain("[DONE]");
    }

    [Fact]
    public void A_candidate_without_a_number_is_the_first_where_others_have_one()
    {
        const string Gemini = """{"candidates":[{"index":1,"content":{"parts":[{"text":"two"}]},"finishReason":"STOP"},{"content":{"parts":[{"text":"one"}]},"finishReason":"STOP"}],"responseId":"r"}""";

        var choices = Conversion.Message(WireFormat.Gemini, WireFormat.OpenAiChat, Gemini, Conversion.Decode(WireFormat.OpenAiChat, ChatRequest), Conversion.Target("gemini-2.5-flash"));

        choices.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("message").GetProperty("content").GetString()).ShouldBe(["one", "two"]);
    }

    [Fact]
    public void Candidates_that_cannot_be_read_are_left_out_and_nothing_else_is_a_failure()
    {
        const string Malformed = "\"finishReason\":\"MALFORMED_FUNCTION_CALL\"}";
        var none = new CandidatesDecoder([Codec.Of(WireFormat.Gemini).CreateAnswerDecoder(0), Codec.Of(WireFormat.Gemini).CreateAnswerDecoder(1)], "candidates");
        none.ReadBody(System.Text.Encoding.UTF8.GetBytes($$"""{"candidates":[{"index":0,{{Malformed}},{"index":1,{{Malformed}}],"responseId":"r"}"""));
        var one = Conversion.Message(
            WireFormat.Gemini, WireFormat.OpenAiChat, $$"""{"candidates":[{"index":0,{{Malformed}},{"index":1,"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}],"responseId":"r"}""",
            Conversion.Decode(WireFormat.OpenAiChat, ChatRequest), Conversion.Target("gemini-2.5-flash"));

        none.Failure.ShouldNotBeNull();
        none.IsComplete.ShouldBeFalse();
        one.GetProperty("choices").GetArrayLength().ShouldBe(1);
        one.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("Hi");
    }

    [Fact]
    public void A_whole_answer_of_many_candidates_is_parsed_once()
    {
        var text = new string('x', 64 * 1024);
        var choices = Enumerable.Range(0, 128).Select(i => $$"""{"index":{{i}},"message":{"role":"assistant","content":"{{text}}"},"finish_reason":"stop"}""");
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{"id":"c","choices":[{{string.Join(',', choices)}}]}""");
        var decoder = new CandidatesDecoder([.. Enumerable.Range(0, 128).Select(i => Codec.Of(WireFormat.OpenAiChat).CreateAnswerDecoder(i))], "choices");

        var before = GC.GetAllocatedBytesForCurrentThread();
        decoder.ReadBody(body);

        decoder.IsComplete.ShouldBeTrue();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(20L * body.Length);
    }

    [Fact]
    public void They_are_asked_for_where_the_model_has_them()
    {
        Sse.Sent(WireFormat.OpenAiChat, ChatRequest, WireFormat.Gemini, "gemini-2.5-flash", out _).GetProperty("generationConfig").GetProperty("candidateCount").GetInt64().ShouldBe(3);
        Sse.Sent(WireFormat.Gemini, GeminiRequest, WireFormat.OpenAiChat, "gpt-4o", out _).GetProperty("n").GetInt64().ShouldBe(3);
        Sse.Refusal(WireFormat.OpenAiChat, ChatRequest, WireFormat.Gemini, "gemini-3-pro-preview")!.Message.ShouldBe("'n' must not be above 1 for this model.");
        Sse.Refusal(WireFormat.OpenAiChat, ChatRequest.Replace("\"n\":3", "\"n\":9", StringComparison.Ordinal), WireFormat.Gemini, "gemini-2.5-flash")!.Message.ShouldBe("'n' must not be above 8 for this model.");
        Sse.Refusal(WireFormat.Gemini, GeminiRequest, WireFormat.Claude, "claude-opus-5")!.Field.ShouldBe("generationConfig.candidateCount");
        Sse.Refusal(WireFormat.Gemini, GeminiRequest.Replace("Count\":3", "Count\":129", StringComparison.Ordinal), WireFormat.OpenAiChat, "gpt-4o")!.Field.ShouldBe("generationConfig.candidateCount");
        Sse.Sent(WireFormat.Gemini, GeminiRequest.Replace("Count\":3", "Count\":0", StringComparison.Ordinal), WireFormat.OpenAiChat, "gpt-4o", out _).TryGetProperty("n", out _).ShouldBeFalse();
    }
}
