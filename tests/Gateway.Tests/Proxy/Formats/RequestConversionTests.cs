using System.Text.Json;
using Gateway.Proxy.Formats;

namespace Gateway.Tests.Proxy.Formats;

/// <summary>What each field of a request becomes on another platform. Numbers in names are those of the list of other products' bugs.</summary>
public sealed class RequestConversionTests
{
    private const string Hi = """{"role":"user","content":"hi"}""";

    [Fact]
    public void Instructions_and_turns_of_a_chat_reach_Claude_in_order()
    {
        var sent = ToClaude("""
            {"model":"m","messages":[
              {"role":"system","content":"one"},{"role":"developer","content":[{"type":"text","text":"two"}]},
              {"role":"user","content":"a"},{"role":"user","content":[{"type":"text","text":"b"}]},
              {"role":"assistant","content":"c"},{"role":"system","content":"careful"},{"role":"user","content":"d"}]}
            """);

        sent.GetProperty("system").GetRawText().ShouldBe("""[{"type":"text","text":"one"},{"type":"text","text":"two"}]""");
        Turns(sent).ShouldBe(
        [
            """user: [{"type":"text","text":"a"},{"type":"text","text":"b"}]""",
            """assistant: [{"type":"text","text":"c"}]""",
            """user: [{"type":"text","text":"<system-reminder>\ncareful\n</system-reminder>"},{"type":"text","text":"d"}]""",
        ]);
    }

    [Fact]
    public void Bug_10_43_results_directly_follow_their_calls_in_the_calls_order()
    {
        var sent = ToClaude("""
            {"model":"m","tools":[{"type":"function","function":{"name":"f"}}],"messages":[{"role":"user","content":"a"},
              {"role":"assistant","content":"doing","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"2","type":"function","function":{"name":"f","arguments":""}}]},
              {"role":"tool","tool_call_id":"2","content":"two"},{"role":"tool","tool_call_id":"1","content":"one"},{"role":"user","content":"and"}]}
            """);

        Turns(sent)[1].ShouldBe("""assistant: [{"type":"text","text":"doing"},{"type":"tool_use","id":"1","name":"f","input":{"x":1}},{"type":"tool_use","id":"2","name":"f","input":{}}]""");
        Turns(sent)[2].ShouldBe("""user: [{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"one"}]},{"type":"tool_result","tool_use_id":"2","content":[{"type":"text","text":"two"}]},{"type":"text","text":"and"}]""");
    }

    [Fact]
    public void A_call_that_was_never_answered_is_said_to_be_interrupted()
    {
        var sent = ToClaude("""
            {"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"user","content":"never mind"}]}
            """);

        Turns(sent)[2].ShouldContain("\"is_error\":true");
        Turns(sent)[2].ShouldContain("never mind");
    }

    [Fact]
    public void Reasoning_stays_with_its_call_when_text_behind_calls_goes_before_them()
    {
        var request = Conversion.Decode(WireFormat.Claude, """
            {"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[
               {"type":"thinking","thinking":"1","signature":"s1"},{"type":"tool_use","id":"A","name":"f","input":{}},{"type":"text","text":"then"},
               {"type":"thinking","thinking":"2","signature":"s2"},{"type":"tool_use","id":"B","name":"f","input":{}}]}]}
            """);
        var sent = Conversion.Encode(request, WireFormat.Claude, Conversion.Target("claude-opus-4-8"));

        sent.GetProperty("messages")[1].GetProperty("content").EnumerateArray().Select(block => block.GetProperty("type").GetString())
            .ShouldBe(["thinking", "text", "tool_use", "thinking", "tool_use"]);
    }

    [Fact]
    public void End_users_of_two_tenants_who_share_a_name_are_two()
    {
        var request = Conversion.Decode(WireFormat.OpenAiChat, $$"""{"model":"m","user":"anna","messages":[{{Hi}}]}""");
        var users = new[] { "1", "2" }.Select(tenant =>
        {
            var target = Conversion.Target("claude-sonnet-4-5", tenant: tenant);
            return Conversion.Encode(request, WireFormat.Claude, target).GetProperty("metadata").GetProperty("user_id").GetString()!;
        }).ToList();

        users[0].ShouldNotBe(users[1]);
        users.ShouldAllBe(user => user.Length == 64 && !user.Contains("anna"));
    }

    [Fact]
    public void A_chat_that_holds_instructions_only_still_has_a_question()
    {
        var sent = ToClaude("""{"model":"m","messages":[{"role":"system","content":"Say ok."}]}""");

        Turns(sent).Single().ShouldBe("""user: [{"type":"text","text":"Say ok."}]""");
        sent.TryGetProperty("system", out _).ShouldBeFalse();
    }

    [Fact]
    public void A_result_that_answers_no_call_is_refused_by_its_id()
    {
        var target = Conversion.Target("claude-sonnet-4-5");
        Conversion.Encode(Conversion.Decode(WireFormat.OpenAiChat, $$"""{"model":"m","messages":[{{Hi}},{"role":"tool","tool_call_id":"lost","content":"x"}]}"""), WireFormat.Claude, target);

        target.Refusal!.Message.ShouldContain("'lost'");
        target.Refusal.Field.ShouldBe("messages");
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[1]")]
    public void Bug_42_arguments_that_are_no_object_break_nothing(string arguments)
    {
        var sent = ToClaude($$$"""
            {"model":"m","messages":[{{{Hi}}},{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":{{{JsonSerializer.Serialize(arguments)}}}}}]},{"role":"tool","tool_call_id":"1","content":"x"}]}
            """);

        sent.GetProperty("messages")[1].GetProperty("content")[0].GetProperty("input").GetProperty("_raw").GetString().ShouldBe(arguments);
    }

    [Theory] // field, its value, what is sent to Claude, what is named as dropped
    [InlineData("\"max_tokens\":7", "max_tokens", "7", "")]
    [InlineData("\"max_tokens\":7,\"max_completion_tokens\":9", "max_tokens", "9", "")]
    [InlineData("\"temperature\":0.5", "temperature", "0.5", "")]
    [InlineData("\"temperature\":2", "temperature", "1", "temperature")]
    [InlineData("\"temperature\":0.5,\"top_p\":0.9", "top_p", null, "top_p")]
    [InlineData("\"stop\":\"END\"", "stop_sequences", "[\"END\"]", "")]
    [InlineData("\"stop\":[\"END\",\" \"]", "stop_sequences", "[\"END\"]", "stop")]
    [InlineData("\"seed\":1,\"logit_bias\":{\"1\":2},\"verbosity\":\"low\"", "seed", null, "logit_bias, seed, verbosity")]
    [InlineData("\"presence_penalty\":0,\"frequency_penalty\":1", "frequency_penalty", null, "frequency_penalty")]
    [InlineData("\"service_tier\":\"default\"", "service_tier", "\"standard_only\"", "")]
    [InlineData("\"service_tier\":\"flex\"", "service_tier", null, "service_tier")]
    [InlineData("\"metadata\":{\"a\":\"b\"},\"store\":true", "metadata", null, "")]
    [InlineData("\"reasoning_effort\":\"low\",\"max_tokens\":10000", "thinking", "{\"type\":\"enabled\",\"budget_tokens\":2048}", "")]
    [InlineData("\"reasoning_effort\":\"high\",\"max_tokens\":1000", "thinking", null, "reasoning_effort")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"tool_choice\":\"required\"", "tool_choice", "{\"type\":\"any\"}", "")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"parallel_tool_calls\":false", "tool_choice", "{\"type\":\"auto\",\"disable_parallel_tool_use\":true}", "")]
    [InlineData("\"tools\":[],\"tool_choice\":\"none\"", "tool_choice", null, "")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"string\",\"minLength\":2}}}}}", "output_config", "{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"string\",\"description\":\"(minLength: 2)\"}},\"additionalProperties\":false}}}", "")]
    public void A_field_of_a_chat_becomes_Claudes(string fields, string name, string? value, string dropped)
    {
        var target = Conversion.Target("claude-sonnet-4-5");
        var sent = Conversion.Encode(Conversion.Decode(WireFormat.OpenAiChat, $$"""{"model":"m","messages":[{{Hi}}],{{fields}}}"""), WireFormat.Claude, target);

        (sent.TryGetProperty(name, out var found) ? found.GetRawText() : null).ShouldBe(value);
        string.Join(", ", target.Dropped).ShouldBe(dropped);
        target.Refusal.ShouldBeNull();
    }

    [Theory]
    [InlineData("\"n\":2", "n")]
    [InlineData("\"logprobs\":true", "logprobs")]
    [InlineData("\"modalities\":[\"audio\"]", "audio")]
    [InlineData("\"web_search_options\":{}", "web_search_options")]
    [InlineData("\"tools\":[{\"type\":\"image_generation\"}]", "tools[0].type")] // bug 38
    public void What_would_change_the_answers_shape_is_refused_by_name(string fields, string name)
    {
        var request = Gateway.Proxy.Formats.OpenAiChat.OpenAiChatRequestDecoder.Decode(JsonElement.Parse($$"""{"model":"m","messages":[{{Hi}}],{{fields}}}"""), out var failure);
        var target = Conversion.Target("claude-sonnet-4-5");
        if (request is not null)
        {
            Conversion.Encode(request, WireFormat.Claude, target);
        }

        (failure ?? target.Refusal)!.Field.ShouldBe(name);
    }

    [Theory] // S11: models that think within a budget want the thinking back that led to a call; the SDKs of OpenAI do not send it
    [InlineData("claude-sonnet-4-5", "", false)]
    [InlineData("claude-sonnet-4-5", ",\"thinking_blocks\":[{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"gw1.gemini.any.c2ln\"}]", false)]
    [InlineData("claude-sonnet-4-5", ",\"thinking_blocks\":[{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"gw1.claude.any.c2ln\"}]", true)]
    [InlineData("claude-opus-5", "", true)]
    public void Results_whose_thinking_is_lost_are_answered_without_any(string model, string thinking, bool thinks)
    {
        var target = Conversion.Target(model);
        var sent = Conversion.Encode(
            Conversion.Decode(WireFormat.OpenAiChat, $$$"""
                {"model":"m","reasoning_effort":"low","max_tokens":10000,"tools":[{"type":"function","function":{"name":"f"}}],"messages":[{{{Hi}}},
                 {"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]{{{thinking}}}},{"role":"tool","tool_call_id":"1","content":"x"}]}
                """),
            WireFormat.Claude,
            target);

        sent.TryGetProperty("thinking", out _).ShouldBe(thinks);
        target.Dropped.ShouldBe(thinks ? [] : ["reasoning_effort"]);
    }

    [Theory]
    [InlineData(WireFormat.OpenAiChat)]
    [InlineData(WireFormat.OpenAiResponses)]
    public void Metadata_that_is_named_twice_breaks_nothing(int client) => Conversion
        .Decode((WireFormat)client, """{"model":"m","messages":[],"input":"hi","metadata":{"a":"1","a":"2","b":3}}""")
        .Metadata.ShouldBe(new Dictionary<string, string> { ["a"] = "2" });

    [Theory]
    [InlineData("\"NaN\"")]
    [InlineData("\"Infinity\"")]
    [InlineData("1e999")]
    public void Numbers_that_are_none_count_as_absent(string number)
    {
        var request = Conversion.Decode(WireFormat.Gemini, $$$"""{"contents":[{"parts":[{"text":"hi"}]}],"generationConfig":{"temperature":{{{number}}},"topK":{{{number}}}}}""");

        (request.Temperature, request.TopK).ShouldBe((null, null));
    }

    [Theory] // reasoning of each generation of Claude
    [InlineData("claude-sonnet-4-5", "\"reasoning_effort\":\"none\"", null, null)]
    [InlineData("claude-opus-5", "\"reasoning_effort\":\"none\"", "{\"type\":\"disabled\"}", null)]
    [InlineData("claude-opus-5", "\"reasoning_effort\":\"minimal\"", "{\"type\":\"adaptive\",\"display\":\"summarized\"}", "{\"effort\":\"low\"}")]
    [InlineData("claude-opus-4-6", "\"reasoning_effort\":\"xhigh\"", "{\"type\":\"adaptive\",\"display\":\"summarized\"}", "{\"effort\":\"high\"}")]
    [InlineData("claude-fable-5", "\"reasoning_effort\":\"none\"", "{\"type\":\"adaptive\",\"display\":\"summarized\"}", "{\"effort\":\"low\"}")]
    [InlineData("claude-model-of-tomorrow", "\"reasoning_effort\":\"max\"", "{\"type\":\"adaptive\",\"display\":\"summarized\"}", "{\"effort\":\"max\"}")]
    public void Reasoning_is_asked_of_each_model_in_its_way(string model, string fields, string? thinking, string? config)
    {
        var sent = Conversion.Encode(Conversion.Decode(WireFormat.OpenAiChat, $$"""{"model":"m","messages":[{{Hi}}],{{fields}}}"""), WireFormat.Claude, Conversion.Target(model));

        (sent.TryGetProperty("thinking", out var found) ? found.GetRawText() : null).ShouldBe(thinking);
        (sent.TryGetProperty("output_config", out found) ? found.GetRawText() : null).ShouldBe(config);
    }

    [Fact]
    public void Bug_17_an_answer_has_room_when_the_client_sets_no_limit() => ToClaude($$"""{"model":"m","messages":[{{Hi}}],"stream":true}""").GetProperty("max_tokens").GetInt64().ShouldBe(32_000);

    [Fact]
    public void Prefill_goes_on_where_the_model_can_and_is_answered_where_it_cannot()
    {
        const string Body = """{"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""";
        var newer = Conversion.Target("claude-opus-5");

        Turns(ToClaude(Body)).Count.ShouldBe(2);
        Turns(Conversion.Encode(Conversion.Decode(WireFormat.OpenAiChat, Body), WireFormat.Claude, newer))[2].ShouldBe("""user: [{"type":"text","text":"Continue."}]""");
        newer.Dropped.ShouldBe(["messages"]);
    }

    [Fact]
    public void Bug_75_an_image_is_what_its_bytes_are()
    {
        var sent = ToClaude("""{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB"}},{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]}""");

        Turns(sent)[0].ShouldBe("""user: [{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB"}},{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}]""");
    }

    [Fact]
    public void A_Claude_conversation_reaches_a_chat_platform_with_all_results_first()
    {
        var sent = ToChat("""
            {"model":"m","max_tokens":100,"system":[{"type":"text","text":"be brief","cache_control":{"type":"ephemeral"}}],
             "tools":[{"name":"f","description":"does","input_schema":{"type":"object","properties":{"x":{"type":"integer"}}}}],"tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true},
             "messages":[{"role":"user","content":"a"},
              {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"b"},{"type":"tool_use","id":"toolu_1","name":"f","input":{"x":1}},{"type":"tool_use","id":"toolu_2","name":"f","input":{}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"one"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB"}}]},{"type":"tool_result","tool_use_id":"toolu_2","is_error":true,"content":"broke"},{"type":"text","text":"and"}]}]}
            """);

        var messages = sent.GetProperty("messages").EnumerateArray().Select(message => message.GetRawText()).ToList();
        messages[0].ShouldBe("""{"role":"system","content":"be brief"}""");
        messages[2].ShouldBe("""{"role":"assistant","content":"b","tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"toolu_2","type":"function","function":{"name":"f","arguments":"{}"}}]}""");
        messages[3].ShouldBe("""{"role":"tool","tool_call_id":"toolu_1","content":"one\n[image 1 of tool result toolu_1]"}""");
        messages[4].ShouldBe("""{"role":"tool","tool_call_id":"toolu_2","content":"broke"}""");
        messages[5].ShouldStartWith("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,""");
        messages[5].ShouldEndWith("""{"type":"text","text":"and"}]}""");
        sent.GetProperty("tool_choice").GetRawText().ShouldBe("""{"type":"function","function":{"name":"f"}}""");
        sent.GetProperty("parallel_tool_calls").GetBoolean().ShouldBeFalse();
        sent.GetProperty("max_tokens").GetInt64().ShouldBe(100);
    }

    [Theory]
    [InlineData("gpt-5", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":8000}", "reasoning_effort", "\"medium\"")]
    [InlineData("gpt-5", "\"thinking\":{\"type\":\"disabled\"}", "reasoning_effort", "\"minimal\"")]
    [InlineData("gpt-5.1", "\"thinking\":{\"type\":\"disabled\"}", "reasoning_effort", "\"none\"")]
    [InlineData("gpt-5", "\"max_tokens\":50", "max_completion_tokens", "50")]
    [InlineData("gpt-4o", "\"stop_sequences\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", "stop", "[\"a\",\"b\",\"c\",\"d\"]")]
    [InlineData("gpt-4o", "\"temperature\":0.3,\"top_k\":5", "temperature", "0.3")]
    [InlineData("gpt-4o", "\"output_config\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}}", "response_format", "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"output\",\"schema\":{\"type\":\"object\"},\"strict\":true}}")]
    public void A_field_of_Claudes_becomes_a_chats(string model, string fields, string name, string value)
    {
        var limit = fields.Contains("max_tokens", StringComparison.Ordinal) ? "" : "\"max_tokens\":100,";
        var sent = Conversion.Encode(
            Conversion.Decode(WireFormat.Claude, $$"""{"model":"m",{{limit}}"messages":[{{Hi}}],{{fields}}}"""), WireFormat.OpenAiChat, Conversion.Target(model));

        sent.GetProperty(name).GetRawText().ShouldBe(value);
    }

    [Fact]
    public void The_same_request_gives_the_same_bytes()
    {
        var body = """{"model":"m","tools":[{"type":"function","function":{"name":"a.b/c","parameters":{"type":"object"}}}],"messages":[@HI@,{"role":"assistant","content":null,"tool_calls":[{"type":"function","function":{"name":"a.b/c","arguments":"{}"}}]}]}""".Replace("@HI@", Hi, StringComparison.Ordinal);

        ToClaude(body).GetRawText().ShouldBe(ToClaude(body).GetRawText());
        ToClaude(body).GetProperty("tools")[0].GetProperty("name").GetString()!.ShouldStartWith("a_b_c_");
    }

    [Fact]
    public void A_key_that_wants_nothing_left_out_gets_a_refusal_instead()
    {
        var target = Conversion.Target("claude-sonnet-4-5", strict: true);
        Conversion.Encode(Conversion.Decode(WireFormat.OpenAiChat, $$"""{"model":"m","messages":[{{Hi}}],"seed":1}"""), WireFormat.Claude, target);

        target.Refusal!.Field.ShouldBe("seed");
    }

    private static JsonElement ToClaude(string body) => Conversion.Encode(Conversion.Decode(WireFormat.OpenAiChat, body), WireFormat.Claude, Conversion.Target("claude-sonnet-4-5"));

    private static JsonElement ToChat(string body) => Conversion.Encode(Conversion.Decode(WireFormat.Claude, body), WireFormat.OpenAiChat, Conversion.Target("gpt-4o"));

    private static List<string> Turns(JsonElement sent) =>
        [.. sent.GetProperty("messages").EnumerateArray().Select(turn => $"{turn.GetProperty("role").GetString()}: {turn.GetProperty("content").GetRawText()}")];
}
