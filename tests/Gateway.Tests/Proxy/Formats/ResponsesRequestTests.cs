using System.Text.Json;
using Gateway.Proxy.Formats;

namespace Gateway.Tests.Proxy.Formats;

/// <summary>Requests of other clients as responses take them, and requests for responses as other platforms take them.</summary>
public sealed class ResponsesRequestTests
{
    [Fact]
    public void A_Claude_request_keeps_its_conversation_and_its_settings()
    {
        var body = FromClaude("""
            {"model":"m","max_tokens":5,"stream":true,"system":"Be brief.","temperature":0.5,"stop_sequences":["x"],"thinking":{"type":"enabled","budget_tokens":9000},
             "metadata":{"user_id":"u"},"tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{}}}],"tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true},
             "messages":[
              {"role":"user","content":[{"type":"text","text":"look"},{"type":"image","source":{"type":"url","url":"https://x/y.png"}},{"type":"document","title":"t.pdf","source":{"type":"url","url":"https://x/t.pdf"}}]},
              {"role":"assistant","content":[{"type":"thinking","thinking":"a","signature":"gw1.openai.any.c2ln"},{"type":"text","text":"Well"},{"type":"tool_use","id":"T","name":"f","input":{"x":1}}]},
              {"role":"user","content":[{"type":"text","text":"and"},{"type":"tool_result","tool_use_id":"T","content":[{"type":"text","text":"ok"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}}]}]}]}
            """, out var dropped);

        body.GetProperty("instructions").GetString().ShouldBe("Be brief.");
        body.GetProperty("max_output_tokens").GetInt64().ShouldBe(16);
        body.GetProperty("store").GetBoolean().ShouldBeFalse();
        body.GetProperty("stream").GetBoolean().ShouldBeTrue();
        body.GetProperty("include")[0].GetString().ShouldBe("reasoning.encrypted_content");
        body.GetProperty("reasoning").GetRawText().ShouldBe("""{"effort":"medium","summary":"auto"}""");
        body.GetProperty("tools").GetRawText().ShouldBe("""[{"type":"function","name":"f","description":"d","parameters":{"type":"object","properties":{}},"strict":false}]""");
        body.GetProperty("tool_choice").GetRawText().ShouldBe("""{"type":"function","name":"f"}""");
        body.GetProperty("parallel_tool_calls").GetBoolean().ShouldBeFalse();
        body.GetProperty("input").EnumerateArray().Select(item => item.GetRawText()).ShouldBe(
        [
            """{"type":"message","role":"user","content":[{"type":"input_text","text":"look"},{"type":"input_image","image_url":"https://x/y.png","detail":"auto"},{"type":"input_file","file_url":"https://x/t.pdf"}]}""",
            """{"type":"reasoning","summary":[{"type":"summary_text","text":"a"}],"encrypted_content":"sig"}""",
            """{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Well"}]}""",
            """{"type":"function_call","call_id":"T","name":"f","arguments":"{\"x\":1}"}""",
            """{"type":"function_call_output","call_id":"T","output":[{"type":"input_text","text":"ok"},{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo=","detail":"auto"}]}""",
            """{"type":"message","role":"user","content":[{"type":"input_text","text":"and"}]}""",
        ]);
        dropped.ShouldBe(["stop_sequences", "temperature"], ignoreOrder: true);
    }

    [Fact]
    public void Reasoning_of_others_and_reasoning_without_what_follows_is_left_out()
    {
        var body = FromClaude("""
            {"model":"m","max_tokens":100,"messages":[{"role":"user","content":"a"},
             {"role":"assistant","content":[{"type":"thinking","thinking":"a","signature":"native"},{"type":"text","text":"b"},{"type":"thinking","thinking":"c","signature":"gw1.openai.any.c2ln"}]},
             {"role":"user","content":"d"}]}
            """, out _);

        body.GetRawText().ShouldNotContain("reasoning\",\"summary\":[{");
        body.GetProperty("input").GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public void A_chat_request_keeps_its_conversation_and_its_settings()
    {
        var request = Conversion.Decode(WireFormat.OpenAiChat, """
            {"model":"m","max_completion_tokens":100,"reasoning_effort":"high","verbosity":"low","seed":7,"user":"u","prompt_cache_key":"k","service_tier":"flex","metadata":{"a":"b"},"parallel_tool_calls":true,
             "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}},
             "tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object"}}},{"type":"custom","custom":{"name":"c","description":"d"}}],
             "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}},{"type":"custom","custom":{"name":"c"}}]}},
             "messages":[{"role":"system","content":"one"},{"role":"developer","content":"two"},{"role":"user","content":"hi"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"A","type":"custom","custom":{"name":"c","input":"ls"}}]},{"role":"tool","tool_call_id":"A","content":"done"},
              {"role":"system","content":"mid"},{"role":"user","content":"go"}]}
            """);
        var target = Conversion.Target("gpt-5.4");
        var body = Conversion.Encode(request, WireFormat.OpenAiResponses, target);

        body.GetProperty("max_output_tokens").GetInt64().ShouldBe(100);
        body.GetProperty("reasoning").GetRawText().ShouldBe("""{"effort":"high","summary":"auto"}""");
        body.GetProperty("text").GetRawText().ShouldBe("""{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true},"verbosity":"low"}""");
        body.GetProperty("tools")[0].GetProperty("strict").GetBoolean().ShouldBeTrue();
        body.GetProperty("tools")[1].GetRawText().ShouldBe("""{"type":"custom","name":"c","description":"d"}""");
        body.GetProperty("tool_choice").GetRawText().ShouldBe("""{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"},{"type":"custom","name":"c"}]}""");
        body.GetProperty("safety_identifier").GetString().ShouldBe("u");
        body.GetProperty("prompt_cache_key").GetString().ShouldBe("k");
        body.GetProperty("service_tier").GetString().ShouldBe("flex");
        body.GetProperty("metadata").GetRawText().ShouldBe("""{"a":"b"}""");
        body.TryGetProperty("instructions", out _).ShouldBeFalse();
        body.GetProperty("input").EnumerateArray().Select(item => item.GetRawText()).ShouldBe(
        [
            """{"type":"message","role":"developer","content":[{"type":"input_text","text":"one"},{"type":"input_text","text":"two"}]}""",
            """{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}""",
            """{"type":"custom_tool_call","call_id":"A","name":"c","input":"ls"}""",
            """{"type":"custom_tool_call_output","call_id":"A","output":"done"}""",
            """{"type":"message","role":"developer","content":[{"type":"input_text","text":"mid"}]}""",
            """{"type":"message","role":"user","content":[{"type":"input_text","text":"go"}]}""",
        ]);
        target.Dropped.ShouldBe(["seed"]);
    }

    [Theory]
    [InlineData("\"n\":2", "n")]
    [InlineData("\"logprobs\":true", "logprobs")]
    public void What_would_change_the_answers_shape_is_refused(string setting, string field)
    {
        var request = Conversion.Decode(WireFormat.OpenAiChat, $$"""{"model":"m",{{setting}},"messages":[{"role":"user","content":"hi"}]}""");
        var target = Conversion.Target("gpt-5.4");
        Conversion.Encode(request, WireFormat.OpenAiResponses, target);

        target.Refusal!.Field.ShouldBe(field);
    }

    [Fact]
    public void A_request_for_a_response_as_Claude_takes_it()
    {
        var request = Conversion.Decode(WireFormat.OpenAiResponses, """
            {"model":"m","instructions":"Be brief.","max_output_tokens":100,"reasoning":{"effort":"high"},"text":{"verbosity":"low"},"client_metadata":{"a":1},"truncation":"auto",
             "tools":[{"type":"function","name":"f","strict":false,"parameters":{"type":"object","properties":{}}},{"type":"custom","name":"c"},{"type":"namespace","name":"ns","tools":[{"type":"function","name":"g"}]}],
             "tool_choice":{"type":"function","name":"g","namespace":"ns"},
             "input":[{"role":"developer","content":[{"type":"input_text","text":"first"}]},{"role":"user","content":"hi"},
              {"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"foreign"},
              {"type":"message","role":"assistant","id":"msg_1","phase":"commentary","content":[{"type":"output_text","text":"Well"}]},
              {"type":"function_call","id":"fc_1","call_id":"A","name":"f","arguments":""},{"type":"custom_tool_call","call_id":"B","name":"c","input":"ls"},{"type":"function_call","call_id":"C","name":"g","namespace":"ns","arguments":"{}"},
              {"type":"function_call_output","call_id":"A","output":"one"},{"type":"custom_tool_call_output","call_id":"B","output":[{"type":"input_text","text":"two"}]},{"type":"function_call_output","call_id":"C","output":""}]}
            """);
        var target = Conversion.Target("claude-opus-4-8");
        var body = Conversion.Encode(request, WireFormat.Claude, target);

        body.GetProperty("system").EnumerateArray().Select(block => block.GetProperty("text").GetString()).ShouldBe(["Be brief.", "first"]);
        body.GetProperty("tools").EnumerateArray().Select(tool => tool.GetProperty("name").GetString()).ShouldBe(["f", "c", "ns__g"]);
        var messages = body.GetProperty("messages");
        messages.GetArrayLength().ShouldBe(3);
        messages[1].GetProperty("content").GetRawText().ShouldBe(
            """[{"type":"text","text":"Well"},{"type":"tool_use","id":"A","name":"f","input":{}},{"type":"tool_use","id":"B","name":"c","input":{"input":"ls"}},{"type":"tool_use","id":"C","name":"ns__g","input":{}}]""");
        messages[2].GetProperty("content").EnumerateArray().Select(block => block.GetProperty("tool_use_id").GetString()).ShouldBe(["A", "B", "C"]);
        target.Dropped.ShouldContain("text.verbosity");
        target.Dropped.ShouldContain("truncation");
        target.Refusal.ShouldBeNull();
    }

    [Theory]
    [InlineData("\"previous_response_id\":\"resp_1\"", "previous_response_id")]
    [InlineData("\"conversation\":\"conv_1\"", "conversation")]
    [InlineData("\"prompt\":{\"id\":\"p\"}", "prompt")]
    [InlineData("\"background\":true", "background")]
    [InlineData("\"include\":[\"message.output_text.logprobs\"]", "include")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"name\":\"f\"},{\"type\":\"web_search\"}]", "tools[1].type")]
    [InlineData("\"tools\":[{\"type\":\"namespace\",\"name\":\"n\",\"tools\":[{\"type\":\"mcp\"}]}]", "tools[0].tools[0].type")]
    public void What_only_OpenAI_has_is_refused_by_name(string setting, string field) => Refusal($$"""{"model":"m","input":"hi",{{setting}}}""").ShouldBe(field);

    [Theory]
    [InlineData("{\"type\":\"item_reference\",\"id\":\"msg_1\"}", "input[0].type")]
    [InlineData("{\"type\":\"compaction\",\"encrypted_content\":\"x\"}", "input[0].type")]
    [InlineData("{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"image_url\":\"ftp://x\"}]}", "input[0].content[0].image_url")]
    public void Items_that_only_OpenAI_knows_are_refused_by_name(string item, string field) => Refusal($$"""{"model":"m","input":[{{item}}]}""").ShouldBe(field);

    private static string? Refusal(string body)
    {
        ClientCodec.Of(WireFormat.OpenAiResponses).DecodeRequest(JsonElement.Parse(body), out var failure).ShouldBeNull();
        return failure!.Field;
    }

    private static JsonElement FromClaude(string body, out IReadOnlyList<string> dropped)
    {
        var target = Conversion.Target("gpt-5.4");
        var encoded = Conversion.Encode(Conversion.Decode(WireFormat.Claude, body), WireFormat.OpenAiResponses, target);
        target.Refusal.ShouldBeNull();
        dropped = target.Dropped;
        return encoded;
    }
}
