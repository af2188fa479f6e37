using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Tests.Proxy.Bugs;

namespace Gateway.Tests.Proxy.Formats.Gemini;

/// <summary>Gemini's clients at platforms of other formats.</summary>
public sealed class GeminiClientTests
{
    [Fact]
    public void A_Claude_stream_for_a_Gemini_client()
    {
        var claude = Sse.Named(
        [
            """{"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":10,"cache_read_input_tokens":90,"output_tokens":1}}}""",
            .. Sse.Block(0, """{"type":"thinking","thinking":"","signature":""}""", """{"type":"thinking_delta","thinking":"a"}""", """{"type":"signature_delta","signature":"sig"}"""),
            .. Sse.Block(
                1,
                """{"type":"tool_use","id":"T","name":"f","input":{}}""",
                """{"type":"input_json_delta","partial_json":"{\"x\""}""",
                """{"type":"input_json_delta","partial_json":":1}"}"""),
            """{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":20}}""",
            """{"type":"message_stop"}""",
        ]);

        var stream = Conversion.Stream(WireFormat.Claude, WireFormat.Gemini, claude, Conversion.Decode(WireFormat.Gemini, Sse.Request(WireFormat.Gemini)), Conversion.Target("claude-opus-5"));

        stream.ShouldNotContain("event:");
        stream.ShouldNotContain("[DONE]");
        var chunks = Conversion.Data(stream).Select(text => JsonElement.Parse(text)).ToList();
        chunks.Select(chunk => chunk.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts")[0].GetRawText()).ShouldBe(
        [
            """{"text":"a","thought":true}""",
            """{"functionCall":{"id":"T","name":"f","args":{"x":1}},"thoughtSignature":"Z3cxLmNsYXVkZS5hbnkuYzJsbn5ZUQ=="}""",
            """{"text":""}""",
        ]);
        chunks[^1].GetProperty("candidates")[0].GetProperty("finishReason").GetString().ShouldBe("STOP");
        chunks[^1].GetProperty("usageMetadata").GetRawText().ShouldBe(
            """{"promptTokenCount":100,"cachedContentTokenCount":90,"candidatesTokenCount":20,"totalTokenCount":120}""");
    }

    [Fact]
    public void Claudes_reasoning_comes_back_to_Claude_as_it_was()
    {
        var sent = Encode(
            """
            {"contents":[{"role":"user","parts":[{"text":"hi"}]},
             {"role":"model","parts":[{"text":"a","thought":true},{"functionCall":{"id":"T","name":"f","args":{"x":1}},"thoughtSignature":"Z3cxLmNsYXVkZS5hbnkuYzJsbg=="}]},
             {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"ok"}}}]}],
             "tools":[{"functionDeclarations":[{"name":"f"}]}],"generationConfig":{"thinkingConfig":{"thinkingLevel":"high"}}}
            """,
            WireFormat.Claude,
            "claude-opus-5");

        sent.GetProperty("messages")[1].GetProperty("content").GetRawText().ShouldBe(
            """[{"type":"thinking","thinking":"a","signature":"sig"},{"type":"tool_use","id":"T","name":"f","input":{"x":1}}]""");
        sent.GetProperty("messages")[2].GetProperty("content").GetRawText().ShouldBe("""[{"type":"tool_result","tool_use_id":"T","content":[{"type":"text","text":"ok"}]}]""");
    }

    [Fact]
    public void The_words_of_a_refusal_are_told()
    {
        var request = Conversion.Decode(WireFormat.Gemini, Sse.Request(WireFormat.Gemini));
        const string Refused = """{"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"type":"refusal","explanation":"Not this."}},"usage":{"output_tokens":5}}""";
        var stream = Conversion.Stream(WireFormat.Claude, WireFormat.Gemini, Sse.Named("""{"type":"message_start","message":{"id":"m","usage":{"input_tokens":3,"output_tokens":1}}}""", Refused, """{"type":"message_stop"}"""), request, Conversion.Target("claude-opus-5"));
        var whole = Conversion.Message(
            WireFormat.Claude, WireFormat.Gemini, """{"id":"m","content":[],"stop_reason":"refusal","stop_details":{"type":"refusal","explanation":"Not this."},"usage":{"input_tokens":1,"output_tokens":1}}""", request, Conversion.Target("claude-opus-5"));

        foreach (var candidate in (JsonElement[])[JsonElement.Parse(Conversion.Data(stream)[^1]).GetProperty("candidates")[0], whole.GetProperty("candidates")[0]])
        {
            candidate.GetProperty("finishReason").GetString().ShouldBe("SAFETY");
            candidate.GetProperty("finishMessage").GetString().ShouldBe("Not this.");
        }
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public void Every_block_of_Claudes_thinking_comes_back_word_for_word(bool isStreamed, bool showsThoughts, bool keepsThoughts)
    {
        string[] blocks =
        [
            """{"type":"thinking","thinking":"one ~ é","signature":"s1"}""", """{"type":"redacted_thinking","data":"s2"}""", """{"type":"thinking","thinking":"","signature":"s3"}""",
            """{"type":"text","text":"Hi"}""", """{"type":"thinking","thinking":"two","signature":"s4"}""", """{"type":"tool_use","id":"T","name":"f","input":{}}""", """{"type":"redacted_thinking","data":"s5"}""",
        ];
        var request = Conversion.Decode(WireFormat.Gemini, $$$"""{"contents":[{"parts":[{"text":"hi"}]}],"generationConfig":{"thinkingConfig":{"includeThoughts":{{{(showsThoughts ? "true" : "false")}}} } } }""");
        var answers = isStreamed
            ? Conversion.Data(Conversion.Stream(WireFormat.Claude, WireFormat.Gemini, Sse.Message("tool_use", [.. blocks.SelectMany(Streamed)]), request, Conversion.Target("claude-opus-5"))).Select(text => JsonElement.Parse(text))
            : [Conversion.Message(WireFormat.Claude, WireFormat.Gemini, $$$"""{"id":"m","content":[{{{string.Join(',', blocks)}}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}""", request, Conversion.Target("claude-opus-5"))];

        var parts = answers.SelectMany(answer => answer.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts").EnumerateArray()).ToList();
        parts.Any(part => part.TryGetProperty("thought", out _)).ShouldBe(showsThoughts);
        var kept = parts.Where(part => keepsThoughts || !part.TryGetProperty("thought", out _)).Select(part => part.GetRawText());
        var sent = Encode(
            $$"""
            {"contents":[{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[{{string.Join(',', kept)}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"ok"} } }]}]}
            """,
            WireFormat.Claude,
            "claude-opus-5");
        sent.GetProperty("messages")[1].GetProperty("content").EnumerateArray().Select(block => block.GetRawText()).ShouldBe(blocks);

        static string[] Streamed(string block, int index)
        {
            var parsed = JsonElement.Parse(block);
            return parsed.GetProperty("type").GetString() switch
            {
                "thinking" => Sse.Block(
                    index,
                    """{"type":"thinking","thinking":"","signature":""}""",
                    $$"""{"type":"thinking_delta","thinking":{{parsed.GetProperty("thinking").GetRawText()}}}""",
                    $$"""{"type":"signature_delta","signature":{{parsed.GetProperty("signature").GetRawText()}}}"""),
                "text" => Sse.Block(index, """{"type":"text","text":""}""", $$"""{"type":"text_delta","text":{{parsed.GetProperty("text").GetRawText()}}}"""),
                _ => Sse.Block(index, block),
            };
        }
    }

    [Theory]
    [InlineData("systemInstruction", "generationConfig", "maxOutputTokens", "stopSequences", "functionDeclarations", "toolConfig", "functionCallingConfig", "allowedFunctionNames", "inlineData", "mimeType")]
    [InlineData("system_instruction", "generation_config", "max_output_tokens", "stop_sequences", "function_declarations", "tool_config", "function_calling_config", "allowed_function_names", "inline_data", "mime_type")]
    public void Both_spellings_mean_the_same(
        string system, string config, string tokens, string stops, string functions, string toolConfig, string calling, string allowed, string data, string type)
    {
        var sent = Encode(
            $$$"""
            {"{{{system}}}":{"parts":[{"text":"Be brief."}]},
             "contents":[{"role":"user","parts":[{"text":"Look"},{"{{{data}}}":{"{{{type}}}":"image/png","data":"iVBORw0KGgo="} }]}],
             "tools":[{"{{{functions}}}":[{"name":"f","parameters":{"type":"OBJECT","properties":{"a":{"type":"STRING","nullable":true} } } }]}],
             "{{{toolConfig}}}":{"{{{calling}}}":{"mode":"any","{{{allowed}}}":["f"]} },
             "{{{config}}}":{"{{{tokens}}}":77,"{{{stops}}}":["S"],"temperature":0.5,"responseMimeType":"text/plain"} }
            """,
            WireFormat.OpenAiChat,
            "gpt-4o");

        sent.GetProperty("messages").GetRawText().ShouldBe(
            """[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}]""");
        sent.GetProperty("tools")[0].GetProperty("function").GetProperty("parameters").GetRawText().ShouldBe("""{"type":"object","properties":{"a":{"type":["string","null"]}}}""");
        sent.GetProperty("tool_choice").GetRawText().ShouldBe("""{"type":"function","function":{"name":"f"}}""");
        sent.GetProperty("temperature").GetDouble().ShouldBe(0.5);
        sent.GetProperty("stop").GetRawText().ShouldContain("S");
    }

    [Fact]
    public void Responses_without_ids_meet_their_calls_in_order()
    {
        var sent = Encode(
            """
            {"contents":[{"parts":[{"text":"x"}]},{"role":"model","parts":[{"functionCall":{"name":"f"}},{"functionCall":{"name":"g"}},{"functionCall":{"name":"f"}}]},
             {"parts":[{"functionResponse":{"name":"f","response":{"output":"1"}}},{"functionResponse":{"name":"f","response":{"error":"2"}}},{"functionResponse":{"name":"g","response":{"a":3}}}]}]}
            """,
            WireFormat.OpenAiChat,
            "gpt-4o").GetProperty("messages");

        var ids = sent[1].GetProperty("tool_calls").EnumerateArray().Select(call => call.GetProperty("id").GetString()).ToList();
        ids.Distinct().Count().ShouldBe(3);
        sent.EnumerateArray().Skip(2).Select(message => (message.GetProperty("tool_call_id").GetString(), message.GetProperty("content").GetString()))
            .ShouldBe([(ids[0], "1"), (ids[1], "{\"a\":3}"), (ids[2], "2")]);
    }

    [Theory]
    [InlineData("""{"contents":[{"parts":[{"text":"x"}]}],"cachedContent":"cachedContents/1"}""", "cachedContent")]
    [InlineData("""{"contents":[{"parts":[{"text":"x"}]}],"tools":[{"googleSearch":{}}]}""", "tools[0].googleSearch")]
    [InlineData("""{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"responseModalities":["IMAGE"]}}""", "responseModalities")]
    [InlineData("""{"contents":[{"parts":[{"executableCode":{"code":"x"}}]}]}""", "contents[0].parts[0].executableCode")]
    [InlineData("""{"contents":[{"parts":[{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/1"}}]}]}""", "fileData")]
    public void What_only_Gemini_can_do_is_refused(string body, string said) =>
        Should.Throw<InvalidOperationException>(() => Conversion.Decode(WireFormat.Gemini, body)).Message.ShouldContain(said);

    private static JsonElement Encode(string body, WireFormat upstream, string model) => Conversion.Encode(Conversion.Decode(WireFormat.Gemini, body), upstream, Conversion.Target(model));
}
