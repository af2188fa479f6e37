using System.Text.Json;
using Gateway.Proxy.Formats;

namespace Gateway.Tests.Proxy.Formats.Gemini;

/// <summary>Requests of other formats as Gemini gets them, field by field.</summary>
public sealed class GeminiRequestTests
{
    private const string Level = "gemini-3-pro-preview";
    private const string Budget = "gemini-2.5-flash";

    [Fact]
    public void A_chat_request_field_by_field()
    {
        var sent = Chat(
            """
            {"model":"m","messages":[
              {"role":"system","content":"Be brief."},
              {"role":"user","content":[{"type":"text","text":"Weather?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]},
              {"role":"assistant","content":"Let me see.","tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Rome\"}"},"extra_content":{"google":{"thought_signature":"gw1.gemini.any.YzJsbg"}}}]},
              {"role":"tool","tool_call_id":"c1","content":"{\"sky\":\"blue\"}"},
              {"role":"user","content":"And now?"}],
             "max_completion_tokens":100,"temperature":1.5,"top_p":0.5,"seed":7,"presence_penalty":0.1,"frequency_penalty":0.2,"stop":["END"],"reasoning_effort":"high",
             "tools":[{"type":"function","function":{"name":"weather","description":"Looks out","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}],
             "tool_choice":"required"}
            """,
            Level);

        sent.GetRawText().ShouldBe(
            """
            {"systemInstruction":{"parts":[{"text":"Be brief."}]},
            "tools":[{"functionDeclarations":[{"name":"weather","description":"Looks out","parametersJsonSchema":{"type":"object","properties":{"city":{"type":"string"}}}}]}],
            "toolConfig":{"functionCallingConfig":{"mode":"ANY"}},
            "contents":[{"role":"user","parts":[{"text":"Weather?"},{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}}]},
            {"role":"model","parts":[{"text":"Let me see."},{"functionCall":{"id":"c1","name":"weather","args":{"city":"Rome"}},"thoughtSignature":"c2ln"}]},
            {"role":"user","parts":[{"functionResponse":{"id":"c1","name":"weather","response":{"output":"{\"sky\":\"blue\"}"}}},{"text":"And now?"}]}],
            "generationConfig":{"temperature":1.5,"topP":0.5,"maxOutputTokens":100,"presencePenalty":0.1,"frequencyPenalty":0.2,"seed":7,"stopSequences":["END"],
            "thinkingConfig":{"thinkingLevel":"HIGH","includeThoughts":true}}}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public void A_Claude_request_field_by_field()
    {
        var sent = Claude(
            """
            {"model":"m","max_tokens":200,"system":[{"type":"text","text":"One."},{"type":"text","text":"Two.","cache_control":{"type":"ephemeral"}}],
             "thinking":{"type":"enabled","budget_tokens":2000},"top_k":40,"stop_sequences":["S"],
             "messages":[
              {"role":"user","content":"Look"},
              {"role":"assistant","content":[
                {"type":"thinking","thinking":"hm","signature":"claudes-own"},
                {"type":"thinking","thinking":"","signature":"gw1.gemini.any.YzJsbg"},
                {"type":"tool_use","id":"toolu_1","name":"look","input":{}},
                {"type":"tool_use","id":"toolu_2","name":"look","input":{"x":1}}]},
              {"role":"user","content":[
                {"type":"tool_result","tool_use_id":"toolu_2","content":[{"type":"text","text":"two"}]},
                {"type":"tool_result","tool_use_id":"toolu_1","content":"broken","is_error":true}]}],
             "tools":[{"name":"look","input_schema":{"type":"object","properties":{}}}],"tool_choice":{"type":"tool","name":"look"}}
            """,
            Budget);

        sent.GetRawText().ShouldBe(
            """
            {"systemInstruction":{"parts":[{"text":"One."},{"text":"Two."}]},
            "tools":[{"functionDeclarations":[{"name":"look"}]}],
            "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["look"]}},
            "contents":[{"role":"user","parts":[{"text":"Look"}]},
            {"role":"model","parts":[{"functionCall":{"id":"toolu_1","name":"look","args":{}},"thoughtSignature":"c2ln"},{"functionCall":{"id":"toolu_2","name":"look","args":{"x":1}}}]},
            {"role":"user","parts":[{"functionResponse":{"id":"toolu_1","name":"look","response":{"error":"broken"}}},{"functionResponse":{"id":"toolu_2","name":"look","response":{"output":"two"}}}]}],
            "generationConfig":{"topK":40,"maxOutputTokens":200,"stopSequences":["S"],"thinkingConfig":{"thinkingBudget":2000,"includeThoughts":true}}}
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public void Bug_58_steps_of_the_current_turn_without_a_signature_get_the_placeholder()
    {
        const string Body = """
            {"model":"m","messages":[
              {"role":"user","content":"first"},
              {"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":""}}]},{"role":"tool","tool_call_id":"a","content":"1"},
              {"role":"assistant","content":"done"},
              {"role":"user","content":"second"},
              {"role":"assistant","tool_calls":[{"id":"b","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"b","content":"2"},{"role":"tool","tool_call_id":"c","content":"3"},
              {"role":"assistant","tool_calls":[{"id":"d","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"gw1.claude.any.YzJsbg"}}}]},
              {"role":"tool","tool_call_id":"d","content":"4"}]}
            """;

        Signatures(Chat(Body, Level)).ShouldBe([null, "skip_thought_signature_validator", null, "skip_thought_signature_validator"]);
        Signatures(Chat(Body, Budget)).ShouldBe([null, null, null, null]);

        static List<string?> Signatures(JsonElement sent) =>
        [
            .. sent.GetProperty("contents").EnumerateArray().SelectMany(content => content.GetProperty("parts").EnumerateArray()).Where(part => part.TryGetProperty("functionCall", out _))
                .Select(part => part.TryGetProperty("thoughtSignature", out var signature) ? signature.GetString() : null),
        ];
    }

    [Theory] // protocols S10
    [InlineData("none", Budget, """{"thinkingBudget":0}""", "")]
    [InlineData("minimal", Budget, """{"thinkingBudget":1024,"includeThoughts":true}""", "")]
    [InlineData("medium", Budget, """{"thinkingBudget":8192,"includeThoughts":true}""", "")]
    [InlineData("high", Budget, """{"thinkingBudget":24576,"includeThoughts":true}""", "")]
    [InlineData("none", "gemini-2.5-pro", """{"thinkingBudget":128,"includeThoughts":true}""", "reasoning_effort")]
    [InlineData("xhigh", "gemini-2.5-pro", """{"thinkingBudget":32768,"includeThoughts":true}""", "")]
    [InlineData("none", Level, """{"thinkingLevel":"LOW","includeThoughts":true}""", "reasoning_effort")]
    [InlineData("minimal", Level, """{"thinkingLevel":"LOW","includeThoughts":true}""", "")]
    [InlineData("medium", Level, """{"thinkingLevel":"HIGH","includeThoughts":true}""", "")]
    [InlineData("medium", "gemini-3.1-pro", """{"thinkingLevel":"MEDIUM","includeThoughts":true}""", "")]
    [InlineData("xhigh", "gemini-3.5-flash", """{"thinkingLevel":"HIGH","includeThoughts":true}""", "")]
    [InlineData("minimal", "gemini-3.5-flash", """{"thinkingLevel":"MINIMAL","includeThoughts":true}""", "")]
    [InlineData("high", "gemini-2.0-flash", null, "reasoning_effort")]
    public void Reasoning_effort(string effort, string model, string? config, string dropped)
    {
        var target = Conversion.Target(model);
        var sent = Conversion.Encode(
            Conversion.Decode(WireFormat.OpenAiChat, $$"""{"model":"m","reasoning_effort":"{{effort}}","messages":[{"role":"user","content":"hi"}]}"""), WireFormat.Gemini, target);

        (sent.GetProperty("generationConfig").TryGetProperty("thinkingConfig", out var thinking) ? thinking.GetRawText() : null).ShouldBe(config);
        string.Join(',', target.Dropped).ShouldBe(dropped);
    }

    [Fact]
    public void Nothing_is_said_of_thinking_to_a_client_that_does_not_ask_or_show()
    {
        var sent = Claude("""{"model":"m","max_tokens":10,"messages":[{"role":"user","content":"hi"}]}""", Level);

        sent.GetProperty("generationConfig").GetRawText().ShouldBe("""{"maxOutputTokens":10}""");
    }

    [Theory]
    [InlineData("\"none\"", """{"mode":"NONE"}""")]
    [InlineData("\"auto\"", """{"mode":"AUTO"}""")]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}}""", """{"mode":"VALIDATED","allowedFunctionNames":["f"]}""")]
    [InlineData("""{"type":"function","function":{"name":"f"}}""", """{"mode":"ANY","allowedFunctionNames":["f"]}""")]
    public void Tool_choice(string choice, string expected) =>
        Chat($$$"""{"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{{{choice}}}}""", Level)
            .GetProperty("toolConfig").GetProperty("functionCallingConfig").GetRawText().ShouldBe(expected);

    [Fact]
    public void A_schema_for_the_answer_goes_beside_the_tools_only_where_the_model_takes_both()
    {
        const string Body = """
            {"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f"}}],
             "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"a":{"const":"b"}},"$schema":"x"}}}}
            """;
        var config = Chat(Body, Level).GetProperty("generationConfig");
        config.GetProperty("responseMimeType").GetString().ShouldBe("application/json");
        config.GetProperty("responseJsonSchema").GetRawText().ShouldBe("""{"type":"object","properties":{"a":{"enum":["b"]}}}""");

        var old = Chat(Body, Budget);
        old.GetProperty("generationConfig").TryGetProperty("responseMimeType", out _).ShouldBeFalse();
        old.GetProperty("systemInstruction").GetRawText().ShouldContain("JSON Schema");
    }

    [Fact]
    public void Images_of_tool_results_stand_in_the_response_or_behind_it()
    {
        const string Body = """
            {"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"/9j/4AAQ"}}]}]}]}
            """;

        Claude(Body, Level).GetProperty("contents")[2].GetProperty("parts").GetRawText().ShouldBe(
            """[{"functionResponse":{"id":"t","name":"f","response":{"output":""},"parts":[{"inlineData":{"mimeType":"image/jpeg","data":"/9j/4AAQ"}}]}}]""");
        Claude(Body, Budget).GetProperty("contents")[2].GetProperty("parts").GetRawText().ShouldBe(
            """[{"functionResponse":{"id":"t","name":"f","response":{"output":""}}},{"inlineData":{"mimeType":"image/jpeg","data":"/9j/4AAQ"}}]""");
    }

    [Theory]
    [InlineData("""{"model":"m","n":2,"messages":[{"role":"user","content":"x"}]}""", "'n'")]
    [InlineData("""{"model":"m","logprobs":true,"messages":[{"role":"user","content":"x"}]}""", "'logprobs'")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]}""", "address")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/tiff;base64,AAAA"}}]}]}""", "image/tiff")]
    public void What_Gemini_cannot_do_is_refused(string body, string said) =>
        Should.Throw<InvalidOperationException>(() => Chat(body, Level)).Message.ShouldContain(said);

    [Fact]
    public void Instructions_alone_become_the_question() =>
        Chat("""{"model":"m","messages":[{"role":"system","content":"Say hi"}]}""", Level).GetRawText()
            .ShouldStartWith("""{"contents":[{"role":"user","parts":[{"text":"Say hi"}]}]""");

    [Fact]
    public void Names_that_Gemini_refuses_are_replaced_and_put_back()
    {
        var target = Conversion.Target(Level);
        var sent = Conversion.Encode(
            Conversion.Decode(WireFormat.OpenAiChat, """{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"1 look/up"}},{"type":"function","function":{"name":"a.b:c"}}]}"""),
            WireFormat.Gemini,
            target);

        var names = sent.GetProperty("tools")[0].GetProperty("functionDeclarations").EnumerateArray().Select(tool => tool.GetProperty("name").GetString()!).ToList();
        names[0].ShouldStartWith("__look_up_");
        names[1].ShouldBe("a.b:c");
        target.ToolNames.Original(names[0]).ShouldBe("1 look/up");
    }

    private static JsonElement Chat(string body, string model) => Encode(WireFormat.OpenAiChat, body, model);

    private static JsonElement Claude(string body, string model) => Encode(WireFormat.Claude, body, model);

    private static JsonElement Encode(WireFormat client, string body, string model)
    {
        var target = Conversion.Target(model);
        var sent = Conversion.Encode(Conversion.Decode(client, body), WireFormat.Gemini, target);
        return target.Refusal is null ? sent : throw new InvalidOperationException(target.Refusal.Message);
    }
}
