using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;

namespace Gateway.Tests.Proxy.Formats.BedrockConverse;

/// <summary>What each field of a request becomes for Converse. Numbers in names are those of the list of other products' bugs.</summary>
public sealed class ConverseRequestTests
{
    private const string Hi = """{"role":"user","content":"hi"}""";
    private const string Nova = "us.amazon.nova-pro-v1:0";
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB";

    [Fact]
    public void Instructions_and_turns_of_a_chat_in_order()
    {
        var sent = FromChat("""
            {"model":"m","messages":[{"role":"system","content":"one"},{"role":"developer","content":[{"type":"text","text":"two"}]},{"role":"user","content":"a"},
              {"role":"user","content":[{"type":"text","text":"b"},{"type":"text","text":" "}]},{"role":"assistant","content":"c"},{"role":"system","content":"careful"},{"role":"user","content":"d"}]}
            """);

        sent.GetProperty("system").GetRawText().ShouldBe("""[{"text":"one"},{"text":"two"}]""");
        Turns(sent).ShouldBe(
        [
            """user: [{"text":"a"},{"text":"b"}]""",
            """assistant: [{"text":"c"}]""",
            """user: [{"text":"<system-reminder>\ncareful\n</system-reminder>"},{"text":"d"}]""",
        ]);
        sent.TryGetProperty("model", out _).ShouldBeFalse();
        sent.TryGetProperty("stream", out _).ShouldBeFalse();
    }

    [Fact]
    public void Bug_43_50_calls_and_results_with_media_and_errors()
    {
        var sent = FromClaude($$$$$"""
            {"model":"m","max_tokens":50,"tools":[{"name":"f","description":"","input_schema":{"properties":{} } }],"messages":[{"role":"user","content":"a"},
              {"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":{"x":1}},{"type":"text","text":"doing"},{"type":"tool_use","id":"b d","name":"f","input":{}},{"type":"text","text":"\n"}]},
              {"role":"user","content":[{"type":"text","text":"and"},{"type":"tool_result","tool_use_id":"b d","is_error":true},
                {"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"one"},{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"{{{{{Png}}}}}"} }]}]}]}
            """);

        var id = NeutralId.Hash("b d", 24);
        Turns(sent)[1].ShouldBe($$$$$"""assistant: [{"text":"doing"},{"toolUse":{"toolUseId":"1","name":"f","input":{"x":1}}},{"toolUse":{"toolUseId":"tooluse_{{{{{id}}}}}","name":"f","input":{}}}]""");
        Turns(sent)[2].ShouldBe(
            $$$$$"""user: [{"toolResult":{"toolUseId":"1","content":[{"text":"one"},{"image":{"format":"png","source":{"bytes":"{{{{{Png}}}}}"}}}]}},"""
            + $$$$$"""{"toolResult":{"toolUseId":"tooluse_{{{{{id}}}}}","content":[{"json":{}}],"status":"error"}},{"text":"and"}]""");
        sent.GetProperty("toolConfig").GetRawText().ShouldBe("""{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{}}}}}]}""");
    }

    [Fact]
    public void Bug_48_cache_marks_are_elements_of_their_own()
    {
        const string Body = """
            {"model":"m","max_tokens":50,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],
             "tools":[{"name":"f","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral","ttl":"1h"}}],
             "messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"1","name":"f","input":{}}]},
               {"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"one","cache_control":{"type":"ephemeral"}}]},{"type":"text","text":"b"}]}]}
            """;
        var all = Target(Nova, new ConverseAbilities { CacheMarks = true, CacheMarksOnTools = true, HourCacheMarks = true });
        var nova = Target(Nova);

        var sent = Encode(WireFormat.Claude, Body, all);
        var less = Encode(WireFormat.Claude, Body, nova);

        all.Dropped.ShouldBeEmpty();
        nova.Dropped.ShouldBe(["cache_control"]);
        less.GetProperty("toolConfig").GetProperty("tools").GetArrayLength().ShouldBe(1);
        Turns(less)[2].ShouldBe(Turns(sent)[2]);
        sent.GetProperty("system").GetRawText().ShouldBe("""[{"text":"s"},{"cachePoint":{"type":"default"}}]""");
        sent.GetProperty("toolConfig").GetProperty("tools")[1].GetRawText().ShouldBe("""{"cachePoint":{"type":"default","ttl":"1h"}}""");
        Turns(sent)[2].ShouldBe("""user: [{"toolResult":{"toolUseId":"1","content":[{"text":"one"}]}},{"cachePoint":{"type":"default"}},{"text":"b"}]""");
    }

    [Fact]
    public void Cache_marks_are_left_out_where_the_model_takes_none()
    {
        var target = Target("openai.gpt-oss-120b-1:0");
        var sent = Encode(WireFormat.Claude, """{"model":"m","max_tokens":5,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"a"}]}""", target);

        sent.GetProperty("system").GetRawText().ShouldBe("""[{"text":"s"}]""");
        target.Dropped.ShouldBe(["cache_control"]);
    }

    [Theory] // bugs 59, 60 and 61: the reasoning that a turn begins with, and what is sent of it
    [InlineData("""{"type":"thinking","thinking":"t","signature":""}""", "")]
    [InlineData("""{"type":"thinking","thinking":"t","signature":"of somebody else"}""", "")]
    [InlineData("""{"type":"thinking","thinking":"t","signature":"gw1.openai.any.c2ln"}""", "")]
    [InlineData("""{"type":"thinking","thinking":"t","signature":"gw1.none.other.c2ln"}""", "")]
    [InlineData("""{"type":"thinking","thinking":"","signature":"gw1.none.any.c2ln"}""", """{"reasoningContent":{"reasoningText":{"text":"","signature":"sig"}}}""")]
    [InlineData("""{"type":"thinking","thinking":"t","signature":"gw1.none.any.c2ln"}""", """{"reasoningContent":{"reasoningText":{"text":"t","signature":"sig"}}}""")]
    [InlineData("""{"type":"redacted_thinking","data":"gw1.none.any.c2ln"}""", """{"reasoningContent":{"redactedContent":"sig"}}""")]
    public void Bug_59_60_61_reasoning_goes_back_to_its_maker_only(string block, string sent)
    {
        const string After = """{"role":"user","content":"go on"}""";

        // A turn of nothing else is left out, and its neighbours become one.
        Turns(FromClaude($$"""{"model":"m","max_tokens":5,"messages":[{{Hi}},{"role":"assistant","content":[{{block}}]},{{After}}]}"""))
            .ShouldBe(sent.Length == 0 ? ["""user: [{"text":"hi"},{"text":"go on"}]"""] : ["""user: [{"text":"hi"}]""", $"assistant: [{sent}]", """user: [{"text":"go on"}]"""]);
        Turns(FromClaude($$"""{"model":"m","max_tokens":5,"messages":[{{Hi}},{"role":"assistant","content":[{{block}},{"type":"text","text":"b"}]},{{After}}]}"""))[1]
            .ShouldBe($$"""assistant: [{{(sent.Length == 0 ? "" : sent + ",")}}{"text":"b"}]""");
    }

    [Theory] // model, field of a chat, member, its value, what is named as dropped
    [InlineData(Nova, "\"max_tokens\":7", "inferenceConfig", """{"maxTokens":7}""", "")]
    [InlineData(Nova, "\"max_completion_tokens\":999999", "inferenceConfig", """{"maxTokens":10000}""", "max_completion_tokens")]
    [InlineData(Nova, "\"temperature\":2", "inferenceConfig", """{"maxTokens":10000,"temperature":1}""", "temperature")]
    [InlineData(Nova, "\"top_p\":0.5,\"stop\":[\"END\",\" \"]", "inferenceConfig", """{"maxTokens":10000,"topP":0.5,"stopSequences":["END"]}""", "stop")]
    [InlineData(Nova, "\"seed\":1,\"presence_penalty\":1,\"user\":\"u\"", "requestMetadata", null, "presence_penalty, seed")]
    [InlineData(Nova, "\"metadata\":{\"a\":\"b\",\"c\":\"é\"}", "requestMetadata", """{"a":"b"}""", "")]
    [InlineData(Nova, "\"service_tier\":\"flex\"", "serviceTier", """{"type":"flex"}""", "")]
    [InlineData(Nova, "\"service_tier\":\"default\"", "serviceTier", null, "")]
    [InlineData(Nova, "\"reasoning_effort\":\"high\"", "additionalModelRequestFields", null, "reasoning_effort")]
    [InlineData(Nova, "\"reasoning_effort\":\"none\"", "additionalModelRequestFields", null, "")]
    [InlineData("amazon.nova-2-lite-v1:0", "\"reasoning_effort\":\"low\"", "additionalModelRequestFields", """{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"low"}}""", "")]
    [InlineData("amazon.nova-2-lite-v1:0", "\"reasoning_effort\":\"high\",\"max_completion_tokens\":5", "inferenceConfig", "{}", "max_completion_tokens")]
    [InlineData("openai.gpt-oss-120b-1:0", "\"reasoning_effort\":\"xhigh\"", "additionalModelRequestFields", """{"reasoning_effort":"high"}""", "")]
    [InlineData("openai.gpt-oss-120b-1:0", "\"reasoning_effort\":\"none\"", "additionalModelRequestFields", """{"reasoning_effort":"low"}""", "reasoning_effort")]
    [InlineData(Nova, "\"response_format\":{\"type\":\"json_object\"}", "system", """[{"text":"Reply with a single JSON object and nothing else."}]""", "")]
    [InlineData("qwen.qwen3-32b-v1:0", "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":{\"type\":\"object\"}}}", "outputConfig", """{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\"type\":\"object\",\"additionalProperties\":false}","name":"a"}}}}""", "")]
    [InlineData(Nova, "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"tool_choice\":\"required\",\"parallel_tool_calls\":false", "toolConfig", """{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{}}}}}],"toolChoice":{"any":{}}}""", "parallel_tool_calls")]
    [InlineData(Nova, "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":true}}],\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}", "toolConfig", """{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{}}}}}],"toolChoice":{"tool":{"name":"f"}}}""", "tools.strict")]
    [InlineData(Nova, "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"tool_choice\":\"none\"", "toolConfig", null, "")]
    [InlineData(Nova, "\"tools\":[]", "toolConfig", null, "")]
    public void A_field_of_a_chat_becomes_Converses(string model, string fields, string name, string? value, string dropped)
    {
        var target = Target(model);
        var sent = Encode(WireFormat.OpenAiChat, $$"""{"model":"m","messages":[{{Hi}}],{{fields}}}""", target);

        (sent.TryGetProperty(name, out var found) ? found.GetRawText() : null).ShouldBe(value);
        string.Join(", ", target.Dropped).ShouldBe(dropped);
        target.Refusal.ShouldBeNull();
    }

    [Fact]
    public void Bug_53_a_schema_that_the_model_does_not_enforce_is_told_in_words()
    {
        var target = Target(Nova);
        var sent = Encode(
            WireFormat.OpenAiChat, """{"model":"m","messages":[@HI@],"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object"}}}}""".Replace("@HI@", Hi, StringComparison.Ordinal), target);

        sent.GetProperty("system")[0].GetProperty("text").GetString()!.ShouldEndWith("{\"type\":\"object\"}");
        sent.TryGetProperty("outputConfig", out _).ShouldBeFalse();
        target.Dropped.ShouldBe(["response_format"]);
    }

    [Fact]
    public void Bug_49_a_conversation_with_calls_has_tools_whatever_the_client_says()
    {
        const string History = """{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"1","content":"x"}""";

        var without = FromChat($$"""{"model":"m","messages":[{{History}}]}""");
        var none = FromChat($$$$"""{"model":"m","messages":[{{{{History}}}}],"tools":[{"type":"function","function":{"name":"f","description":"does"}}],"tool_choice":"none"}""");

        without.GetProperty("toolConfig").GetRawText().ShouldBe("""{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{}}}}}]}""");
        none.GetProperty("toolConfig").GetRawText().ShouldBe("""{"tools":[{"toolSpec":{"name":"f","description":"does","inputSchema":{"json":{"type":"object","properties":{}}}}}]}""");
        none.GetProperty("system").GetRawText().ShouldBe("""[{"text":"Do not call any tool."}]""");
    }

    [Fact]
    public void Documents_have_names_that_Converse_takes_and_do_not_stand_alone()
    {
        var sent = FromClaude("""
            {"model":"m","max_tokens":5,"messages":[{"role":"user","content":[
              {"type":"document","title":"Q3 report_(final).pdf","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0xLjQK"}},
              {"type":"document","title":"Q3 report_(final).pdf","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0xLjQK"}},
              {"type":"document","source":{"type":"text","media_type":"text/plain","data":"plain"}}]}]}
            """);

        var content = sent.GetProperty("messages")[0].GetProperty("content");
        var hash = NeutralId.Hash("JVBERi0xLjQK", 8);
        content[0].GetProperty("document").GetProperty("name").GetString().ShouldBe($"Q3 report (final) pdf {hash}");
        content[1].GetProperty("document").GetProperty("name").GetString().ShouldBe($"Q3 report (final) pdf {hash} 2");
        content[2].GetProperty("document").GetProperty("format").GetString().ShouldBe("txt");
        content[3].GetRawText().ShouldBe("""{"text":"Document attached."}""");
    }

    [Theory]
    [InlineData("""{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}""", Nova)]
    [InlineData("""{"type":"image_url","image_url":{"url":"data:image/bmp;base64,Qk0="}}""", Nova)]
    [InlineData($$$$$"""{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{{{Png}}}}}"}}""", "openai.gpt-oss-120b-1:0")]
    [InlineData("""{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}""", Nova)]
    public void What_Bedrock_cannot_read_is_refused_by_its_place(string part, string model)
    {
        var target = Target(model);
        Encode(WireFormat.OpenAiChat, $$"""{"model":"m","messages":[{"role":"user","content":[{{part}}]}]}""", target);

        target.Refusal!.Field.ShouldBe("messages[0]");
    }

    [Fact]
    public void The_same_request_gives_the_same_bytes()
    {
        const string Body = """{"model":"m","tools":[{"type":"function","function":{"name":"a.b/c"}}],"messages":[{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"a.b/c","arguments":"{}"}}]}]}""";

        FromChat(Body).GetRawText().ShouldBe(FromChat(Body).GetRawText());
        FromChat(Body).GetProperty("toolConfig").GetProperty("tools")[0].GetProperty("toolSpec").GetProperty("name").GetString()!.ShouldStartWith("a_b_c_");
    }

    private static JsonElement FromChat(string body) => Encode(WireFormat.OpenAiChat, body, Target(Nova));

    private static JsonElement FromClaude(string body) => Encode(WireFormat.Claude, body, Target(Nova));

    private static JsonElement Encode(WireFormat client, string body, RequestTarget target) => Conversion.Encode(Conversion.Decode(client, body), WireFormat.BedrockConverse, target);

    private static RequestTarget Target(string model, ConverseAbilities? abilities = null)
    {
        var capabilities = new CapabilityTable().Of(model);
        capabilities = capabilities with { Converse = abilities ?? capabilities.Converse };
        return new RequestTarget(Platform.Bedrock, model, capabilities, capabilities.Vendor ?? "none", "any", strict: false, showReasoning: true);
    }

    private static List<string> Turns(JsonElement sent) =>
        [.. sent.GetProperty("messages").EnumerateArray().Select(turn => $"{turn.GetProperty("role").GetString()}: {turn.GetProperty("content").GetRawText()}")];
}
