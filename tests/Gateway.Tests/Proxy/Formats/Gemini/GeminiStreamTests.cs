using System.Text;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;

namespace Gateway.Tests.Proxy.Formats.Gemini;

/// <summary>Gemini's answers for clients of other formats. The streams are modelled on answers of gemini-3-pro-preview, 2026-02.</summary>
public sealed class GeminiStreamTests
{
    private const string Vector3 = """
        data: {"candidates":[{"content":{"parts":[{"text":"t","thought":true}],"role":"model"},"index":0}],"responseId":"r1"}

        data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"},"thoughtSignature":"c2ln"}],"role":"model"},"index":0}],"responseId":"r1"}

        data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":30,"cachedContentTokenCount":10,"candidatesTokenCount":5,"thoughtsTokenCount":7,"totalTokenCount":42},"responseId":"r1"}


        """;

    private const string Text = """
        data: {"candidates":[{"content":{"parts":[{"text":"Two \"words\": **left** 😀\n\n"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":13,"totalTokenCount":324,"promptTokensDetails":[{"modality":"TEXT","tokenCount":9}],"thoughtsTokenCount":302},"modelVersion":"gemini-3-pro-preview","responseId":"M3iL"}

        data: {"candidates":[{"content":{"parts":[{"text":"and **right**"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":23,"totalTokenCount":334,"promptTokensDetails":[{"modality":"TEXT","tokenCount":9}],"thoughtsTokenCount":302},"modelVersion":"gemini-3-pro-preview","responseId":"M3iL"}

        data: {"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"c2lnbmVk"}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":23,"totalTokenCount":334,"promptTokensDetails":[{"modality":"TEXT","tokenCount":9}],"thoughtsTokenCount":302},"modelVersion":"gemini-3-pro-preview","responseId":"M3iL"}


        """;

    private const string ChatRequest = """{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}""";
    private const string ClaudeRequest = """{"model":"m","stream":true,"max_tokens":10,"thinking":{"type":"adaptive"},"messages":[{"role":"user","content":"hi"}]}""";

    [Fact]
    public void Vector_3_a_Gemini_stream_for_a_chat_client()
    {
        var chunks = Conversion.Data(ForChat(Vector3)).Select(text => text == "[DONE]" ? default : JsonElement.Parse(text)).ToList();

        chunks[..^3].Select(chunk => chunk.GetProperty("choices")[0].GetProperty("delta").GetRawText()).Select(WithoutId).ShouldBe(
        [
            """{"role":"assistant","content":""}""",
            """{"reasoning_content":"t"}""",
            """{"tool_calls":[{"index":0,"type":"function","function":{"name":"f","arguments":""},"extra_content":{"google":{"thought_signature":"gw1.gemini.any.YzJsbg"}}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}""",
        ]);
        chunks[^3].GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
        var usage = chunks[^2].GetProperty("usage");
        usage.GetProperty("prompt_tokens").GetInt64().ShouldBe(30);
        usage.GetProperty("completion_tokens").GetInt64().ShouldBe(12);
        usage.GetProperty("total_tokens").GetInt64().ShouldBe(42);
        usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt64().ShouldBe(10);
        usage.GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt64().ShouldBe(7);
        Conversion.Data(ForChat(Vector3))[^1].ShouldBe("[DONE]");
    }

    [Fact]
    public void A_signature_reaches_a_Claude_client_before_its_call()
    {
        var events = Conversion.Data(ForClaude(Vector3)).Select(text => JsonElement.Parse(text)).ToList();

        var blocks = events.Where(next => next.GetProperty("type").GetString() == "content_block_start").Select(next => next.GetProperty("content_block")).ToList();
        blocks.Select(block => block.GetProperty("type").GetString()).ShouldBe(["thinking", "thinking", "tool_use"]);
        events.Where(next => next.GetProperty("type").GetString() == "content_block_start").Select(next => next.GetProperty("index").GetInt32()).ShouldBe([0, 1, 2]);
        events.Select(next => next.TryGetProperty("delta", out var delta) && delta.TryGetProperty("signature", out var signature) ? signature.GetString() : null).OfType<string>()
            .ShouldBe(["gw1.none", "gw1.gemini.any.YzJsbg"]);
        events[^2].GetProperty("delta").GetProperty("stop_reason").GetString().ShouldBe("tool_use");
        events[^2].GetProperty("usage").GetProperty("input_tokens").GetInt64().ShouldBe(20);
        events[^2].GetProperty("usage").GetProperty("output_tokens").GetInt64().ShouldBe(12);
    }

    [Fact]
    public void Usage_of_a_stream_is_its_last()
    {
        var events = Conversion.Data(ForClaude(Text)).Select(text => JsonElement.Parse(text)).ToList();

        var usage = events[^2].GetProperty("usage");
        usage.GetProperty("input_tokens").GetInt64().ShouldBe(9);
        usage.GetProperty("output_tokens").GetInt64().ShouldBe(325);
        string.Concat(events.Select(next => next.TryGetProperty("delta", out var delta) && delta.TryGetProperty("text", out var text) ? text.GetString() : ""))
            .ShouldBe("Two \"words\": **left** 😀\n\nand **right**");
    }

    [Fact]
    public void A_stream_that_is_cut_anywhere_comes_out_the_same()
    {
        foreach (var from in new[] { Vector3, Text, Text.ReplaceLineEndings("\r\n") })
        {
            foreach (var convert in new Func<string, int[], string>[] { ForChat, ForClaude })
            {
                var length = Encoding.UTF8.GetByteCount(from);
                var whole = convert(from, []);
                for (var cut = 1; cut < length; cut++)
                {
                    convert(from, [cut]).ShouldBe(whole, $"cut at {cut}");
                }

                convert(from, [.. Enumerable.Range(1, length - 1)]).ShouldBe(whole);
            }
        }
    }

    [Theory] // protocols 2.1
    [InlineData("STOP", "stop", "end_turn")]
    [InlineData("MAX_TOKENS", "length", "max_tokens")]
    [InlineData("SAFETY", "content_filter", "refusal")]
    [InlineData("PROHIBITED_CONTENT", "content_filter", "refusal")]
    [InlineData("LANGUAGE", "stop", "end_turn")]
    [InlineData("MALFORMED_FUNCTION_CALL", "stop", "end_turn")]
    [InlineData("A_REASON_OF_TOMORROW", "stop", "end_turn")]
    public void Reasons(string reason, string chat, string claude)
    {
        var body = $$$"""{"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"{{{reason}}}"}],"usageMetadata":{"promptTokenCount":1}}""";

        Message(WireFormat.OpenAiChat, body).GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe(chat);
        Message(WireFormat.Claude, body).GetProperty("stop_reason").GetString().ShouldBe(claude);
    }

    [Fact]
    public void A_blocked_prompt_is_an_answer_without_content()
    {
        const string Body = """{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":8,"totalTokenCount":8},"responseId":"r"}""";

        var choice = Message(WireFormat.OpenAiChat, Body).GetProperty("choices")[0];
        choice.GetProperty("finish_reason").GetString().ShouldBe("content_filter");
        choice.GetProperty("message").GetProperty("content").GetString().ShouldBe("");
        Message(WireFormat.Claude, Body).GetProperty("stop_reason").GetString().ShouldBe("refusal");
        ForClaude($"data: {Body}\n\n").ShouldContain("\"stop_reason\":\"refusal\"");
    }

    [Fact]
    public void Bug_24_an_early_reason_does_not_end_the_answer()
    {
        const string Sse = """
            data: {"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}

            data: {"candidates":[{"content":{"parts":[{"text":"b"},{"functionCall":{"name":"f","args":{"x":1}}}]}}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":4}}


            """;

        var chat = ForChat(Sse);
        chat.ShouldContain("\"content\":\"b\"");
        chat.ShouldContain("\"finish_reason\":\"tool_calls\""); // B8
        chat.ShouldContain("\"completion_tokens\":4");
    }

    [Fact]
    public void Bug_40_equal_calls_without_ids_have_ids_of_their_own_and_given_ids_stay()
    {
        const string Body = """{"responseId":"R","candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}}},{"functionCall":{"name":"f","args":{}}},{"functionCall":{"id":"given","name":"f"}}]},"finishReason":"STOP"}]}""";

        var ids = Ids(Body);
        ids.Distinct().Count().ShouldBe(3);
        ids[2].ShouldBe("given");
        Ids(Body).ShouldBe(ids);
        Ids(Body.Replace("\"R\"", "\"another\"", StringComparison.Ordinal))[0].ShouldNotBe(ids[0]);

        static List<string?> Ids(string body) =>
            [.. Message(WireFormat.OpenAiChat, body).GetProperty("choices")[0].GetProperty("message").GetProperty("tool_calls").EnumerateArray().Select(call => call.GetProperty("id").GetString())];
    }

    [Theory]
    [InlineData("""{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}""", FailureKind.Overloaded)]
    [InlineData("""[{"error":{"code":429,"message":"Slow down.","status":"RESOURCE_EXHAUSTED"}}]""", FailureKind.RateLimit)]
    [InlineData("""{"error":{"code":500,"message":"Internal","status":"INTERNAL"}}""", FailureKind.Server)]
    [InlineData("""{"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL"}]}""", FailureKind.Server)]
    public void An_error_inside_a_stream_is_a_failure(string data, int kind)
    {
        var decoder = Conversion.Decoder(WireFormat.Gemini);

        decoder.ReadEvent(default, Encoding.UTF8.GetBytes(data)).ShouldBe(EventVerdict.Failed);

        decoder.Failure!.Kind.ShouldBe((FailureKind)kind);
    }

    [Fact]
    public void A_stream_without_a_reason_was_cut()
    {
        var decoder = Conversion.Decoder(WireFormat.Gemini);
        decoder.ReadEvent(default, """{"candidates":[{"content":{"parts":[{"text":"x"}]}}]}"""u8);
        decoder.Finish();

        decoder.IsComplete.ShouldBeFalse();
    }

    [Fact]
    public void Audio_and_images_are_counted_beside_text_and_a_later_zero_takes_nothing_back()
    {
        var decoder = Conversion.Decoder(WireFormat.Gemini);
        decoder.ReadEvent(default, """{"usageMetadata":{"promptTokenCount":100,"cachedContentTokenCount":40,"toolUsePromptTokenCount":5,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":60},{"modality":"TEXT","tokenCount":40}],"cacheTokensDetails":[{"modality":"AUDIO","tokenCount":20}],"serviceTier":"PRIORITY"}}"""u8);
        decoder.ReadEvent(default, """{"usageMetadata":{"promptTokenCount":0,"candidatesTokenCount":7,"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":6}],"thoughtsTokenCount":3}}"""u8);

        decoder.Usage.ShouldBe(new TokenUsage
        {
            InputTokens = 65,
            CacheReadTokens = 40,
            InputAudioTokens = 40,
            CacheReadAudioTokens = 20,
            OutputTokens = 10,
            ReasoningTokens = 3,
            OutputImageTokens = 6,
            ServiceTier = "priority",
        });
    }

    private static string ForChat(string sse, params int[] cuts) => Stream(WireFormat.OpenAiChat, ChatRequest, sse, cuts);

    private static string ForClaude(string sse, params int[] cuts) => Stream(WireFormat.Claude, ClaudeRequest, sse, cuts);

    private static string Stream(WireFormat client, string request, string sse, int[] cuts) =>
        Conversion.Stream(WireFormat.Gemini, client, sse, Conversion.Decode(client, request), Conversion.Target("gemini-3-pro-preview"), cuts);

    private static JsonElement Message(WireFormat client, string body) => Conversion.Message(
        WireFormat.Gemini, client, body, Conversion.Decode(client, client == WireFormat.Claude ? ClaudeRequest : ChatRequest), Conversion.Target("gemini-3-pro-preview"));

    private static string WithoutId(string delta)
    {
        var start = delta.IndexOf("\"id\":\"call_", StringComparison.Ordinal);
        return start < 0 ? delta : delta.Remove(start, "\"id\":\"call_".Length + 24 + 2);
    }
}
