using Gateway.Proxy.Formats;
using Gateway.Proxy.Scheduling.Sessions;
using static Gateway.Tests.Proxy.Scheduling.Sessions.SessionProbe;

namespace Gateway.Tests.Proxy.Scheduling.Sessions;

public sealed class SessionContentTests
{
    private const string Mark = ""","cache_control":{"type":"ephemeral"}""";
    private const string Rules = "You are an agent that mends programs.";
    private const string Tools = """[{"name":"Bash","description":"Runs","input_schema":{"type":"object","properties":{"cache_control":{"type":"string"} } } },{"name":"Read","input_schema":{} }]""";

    [Fact]
    public void A_conversation_with_Claude_keeps_its_key_from_turn_to_turn_while_its_cache_marks_move()
    {
        var first = Id(Claude, $$"""
            {"model":"m","max_tokens":9,"system":[{"type":"text","text":"{{Rules}}"{{Mark}}}],"tools":{{Tools}},
             "messages":[{"role":"user","content":[{"type":"text","text":"<system-reminder>"},{"type":"text","text":"Mend it"{{Mark}}}]}]}
            """);
        var tenth = Id(Claude, $$"""
            {"model":"m","max_tokens":9,"system":[{"type":"text","text":"{{Rules}}"}],"tools":{{Tools}},
             "messages":[{"role":"user","content":[{"type":"text","text":"<system-reminder>"},{"type":"text","text":"Mend it"}]},
              {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"tool_use","id":"t1","name":"Bash","input":{"command":"ls"} }]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"files"},{"type":"text","text":"Another"{{Mark}}}]}],"stream":true}
            """);

        tenth.ShouldBe(first);
    }

    [Theory] // Wherever the object of the mark stands among a tool's members.
    [InlineData("""[{"name":"a","input_schema":{}},{"name":"b","input_schema":{},"cache_control":{"type":"ephemeral"}}]""")]
    [InlineData("""[{"name":"a","input_schema":{}},{"cache_control":{"type":"ephemeral","ttl":"1h"},"name":"b","input_schema":{}}]""")]
    [InlineData("""[{"name":"a","cache_control" : null,"input_schema":{}},{"name":"b" , "cache_control": {"type":"ephemeral"},"input_schema":{}}]""")]
    [InlineData("""[{"cache_control":{"type":"ephemeral"} , "name":"a","input_schema":{}},{"name":"b","input_schema":{}}]""")]
    public void Cache_marks_of_tools_do_not_count(string tools)
    {
        var plain = WithTools("""[{"name":"a","input_schema":{}},{"name":"b","input_schema":{}}]""");

        WithTools(tools).ShouldBe(plain);
        WithTools("""[{"name":"a","input_schema":{}},{"name":"c","input_schema":{},"cache_control":{"type":"ephemeral"}}]""").ShouldNotBe(plain);
    }

    [Theory]
    [InlineData("""[{"cache_control":1,"cache_control":2,"cache_control":3}]""")]
    [InlineData("""[{"cache_control":{}}]""")]
    [InlineData("""[{"cache_control":{}},[{"cache_control":{}}],"cache_control",7]""")]
    [InlineData("[]")]
    [InlineData("null")]
    public void Odd_tools_are_no_reason_to_fail(string tools) => WithTools(tools).ShouldBe(WithTools(tools));

    [Fact]
    public void Tools_of_any_length_cost_little_and_their_beginning_counts()
    {
        foreach (var mark in new[] { "", Mark })
        {
            var many = string.Join(',', Enumerable.Range(0, 9_000).Select(i => $$$"""{"name":"f{{{i}}}","input_schema":{"type":"object","description":"{{{new string('d', 200)}}}"}{{{mark}}}}"""));

            WithTools($"[{many}]").ShouldNotBe(WithTools("[]"));
            WithTools($"[{many}]").ShouldBe(WithTools($"[{many},{{}}]"));
        }
    }

    [Fact]
    public void Claude_Codes_attribution_does_not_count_in_whichever_form_it_comes()
    {
        var plain = Id(Claude, Talk($$"""[{"type":"text","text":"{{Rules}}"}]"""));

        foreach (var version in new[] { "2.1.78.a1b; cc_entrypoint=cli; cch=00000;", "2.1.80.f00; cc_entrypoint=sdk; cch=9f8e7;" })
        {
            var block = "x-anthropic-billing-header: cc_version=" + version;
            Id(Claude, Talk($$"""[{"type":"text","text":"{{block}}"},{"type":"text","text":"{{Rules}}"}]""")).ShouldBe(plain);
            Id(Claude, Talk($"\"{block}\\n{Rules}\"")).ShouldBe(plain);
            Find(Claude, Talk($$"""[{"type":"text","text":"{{block}}"}]""")).ShouldBeNull("it is no instruction");
        }
    }

    [Fact]
    public void Instructions_count_up_to_the_first_part_that_is_marked_for_caching()
    {
        Id(Claude, Talk(System("Monday", Mark))).ShouldBe(Id(Claude, Talk(System("Tuesday", Mark))));
        Id(Claude, Talk(System("Monday", ""))).ShouldNotBe(Id(Claude, Talk(System("Tuesday", ""))));
        Id(Chat, ChatTalk(Mark, "Monday")).ShouldBe(Id(Chat, ChatTalk(Mark, "Tuesday")));

        static string System(string day, string mark) => $$"""[{"type":"text"{{mark}},"text":"{{Rules}}"},{"type":"text","text":"Today is {{day}}"}]""";
        static string ChatTalk(string mark, string day) => $$"""
            {"messages":[{"role":"system","content":[{"type":"text","text":"{{Rules}}"{{mark}}}]},{"role":"system","content":"Today is {{day}}"},{"role":"user","content":"Mend it"}]}
            """;
    }

    [Fact]
    public void Only_the_beginning_of_long_texts_counts()
    {
        var rules = new string('r', 4096);
        var message = new string('m', 2048);

        Id(Claude, Talk($"\"{rules}A\"", message + "A")).ShouldBe(Id(Claude, Talk($"\"{rules}B\"", message + "B")));
        Id(Claude, Talk($"\"{rules[1..]}A\"")).ShouldNotBe(Id(Claude, Talk($"\"{rules[1..]}B\"")));
        Id(Claude, Talk("null", message[1..] + "A")).ShouldNotBe(Id(Claude, Talk("null", message[1..] + "B")));
    }

    [Fact]
    public void The_order_of_members_does_not_count()
    {
        Id(Claude, $$"""{"messages":[{"content":"Mend it","role":"user"},{"role":"assistant","content":"ok"}],"max_tokens":9,"tools":{{Tools}} , "system":"{{Rules}}" }""")
            .ShouldBe(Id(Claude, $$"""{"system":[{"text":"{{Rules}}","type":"text"}],"tools":{{Tools}},"messages":[{"role":"user","content":[{"text":"Mend it","type":"text"}]}],"max_tokens":9}"""));
        Id(Chat, $$"""{"messages":[{"content":"{{Rules}}","role":"developer"},{"name":"n","content":"Mend it","role":"user"}]}""")
            .ShouldBe(Id(Chat, $$"""{"messages":[{"role":"system","content":[{"type":"text","text":"{{Rules}}"}]},{"role":"user","content":[{"type":"text","text":"Mend it"}]},{"role":"system","content":"later"}]}"""));
    }

    public static TheoryData<string, string> Conversations { get; } = new()
    {
        { "openai_chat", $$"""{"messages":[{"role":"system","content":"{{Rules}}"},{"role":"user","content":"Q1"}+,{"role":"assistant","content":"A"},{"role":"user","content":"Q2"}-]}""" },
        { "openai_responses", $$"""{"instructions":"{{Rules}}","input":[{"role":"user","content":"Q1"}+,{"type":"function_call","call_id":"c","name":"n","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"o"}-]}""" },
        { "openai_responses", $$"""{"input":[{"type":"message","role":"developer","content":[{"type":"input_text","text":"{{Rules}}"}]},{"role":"user","content":[{"type":"input_image","image_url":"data:"},{"type":"input_text","text":"Q1"}]}+,{"role":"user","content":"Q2"}-]}""" },
        { "claude", $$"""{"max_tokens":9,"system":"{{Rules}}","messages":[{"role":"user","content":"Q1"}+,{"role":"assistant","content":"A"},{"role":"user","content":"Q2"}-]}""" },
        { "gemini", $$$"""{"systemInstruction":{"parts":[{"text":"{{{Rules}}}"}]},"contents":[{"role":"user","parts":[{"text":"Q1"}]}+,{"role":"model","parts":[{"text":"A"}]},{"parts":[{"text":"Q2"}]}-]}""" },
        { "gemini", $$$"""{"contents":[{"parts":{"text":"Q1"}}+,{"role":"model","parts":[{"text":"A"}]}-],"system_instruction":{"parts":{"text":"{{{Rules}}}"},"role":"system"}}""" },
    };

    [Theory]
    [MemberData(nameof(Conversations))]
    public void AC_37_every_format_keeps_its_key_over_later_turns(string format, string conversation)
    {
        var first = conversation[..conversation.IndexOf('+', StringComparison.Ordinal)] + conversation[(conversation.IndexOf('-', StringComparison.Ordinal) + 1)..];
        var later = conversation.Replace("+", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        var id = Id(Named(format), first);

        Id(Named(format), later).ShouldBe(id);
        Id(Named(format), first, Operation.CountTokens).ShouldBe(id, "a count is of the request that follows it");
        Id(Named(format), first.Replace("Q1", "Q0", StringComparison.Ordinal)).ShouldNotBe(id);
        Id(Named(format), first.Replace(Rules, "Others", StringComparison.Ordinal)).ShouldNotBe(id);
    }

    [Theory]
    [InlineData("generateContentRequest")]
    [InlineData("generate_content_request")]
    public void A_count_of_a_whole_Gemini_request_has_the_key_of_that_request(string member)
    {
        var members = $$"""{"systemInstruction":{"parts":[{"text":"{{Rules}}"}]},"contents":[{"role":"user","parts":[{"text":"Mend it"}]}],"tools":[{"functionDeclarations":[{"name":"f"}]}]}""";
        var counted = $$"""{ "{{member}}" : {"model":"models/m",{{members[1..]}} }""";

        Id(Gemini, counted, Operation.CountTokens).ShouldBe(Id(Gemini, members));
        Id(Gemini, $$"""{"{{member}}":null,{{members[1..]}}""", Operation.CountTokens).ShouldBe(Id(Gemini, members));
    }

    [Fact]
    public void One_text_as_an_input_is_the_users_first_message()
    {
        Id(Responses, $$"""{"instructions":"{{Rules}}","input":"Mend it"}""").ShouldBe(Id(Responses, $$"""{"instructions":"{{Rules}}","input":[{"role":"user","content":"Mend it"}]}"""));
        Id(Gemini, $$$"""{"systemInstruction":"{{{Rules}}}","contents":{"parts":[{"text":"Mend it"}]}}""")
            .ShouldBe(Id(Gemini, $$$"""{"systemInstruction":{"parts":[{"text":"{{{Rules}}}"}]},"contents":[{"role":"user","parts":[{"text":"Mend it"}]}]}"""));
    }

    [Fact]
    public void A_turn_that_goes_on_from_a_stored_response_is_not_known_by_how_it_begins()
    {
        var body = $$"""{"previous_response_id":"resp_1","instructions":"{{Rules}}","input":"And now the tests","user":"u"}""";

        Find(Responses, body).ShouldBeNull();
        Find(Responses, body, Headers(("session-id", "s")))!.Value.Source.ShouldBe(SessionSource.Codex);
    }

    [Fact]
    public void AC_38_the_same_instructions_are_not_the_same_conversation()
    {
        var id = Id(Claude, Talk($"\"{Rules}\"", "Mend the parser"));

        Id(Claude, Talk($"\"{Rules}\"", "Mend the printer")).ShouldNotBe(id);
        Find(Claude, Talk($"\"{Rules}\"", "Mend the parser"), apiKeyId: 2)!.Value.Id.ShouldNotBe(id);
        Find(Claude, Talk($"\"{Rules}\"", "Mend the parser"), model: "claude-haiku-4-5")!.Value.Id.ShouldNotBe(id);
        Find(Chat, $$"""{"messages":[{"role":"system","content":"{{Rules}}"}]}""").ShouldBeNull("all who have these instructions would be one");
        Find(Claude, $$"""{"system":"{{Rules}}","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://a/b.png"} }]}]}""").ShouldBeNull();
    }

    [Fact]
    public void AC_38_a_short_first_message_without_instructions_is_nobodys_key()
    {
        Find(Claude, Talk("null", new string('x', 255))).ShouldBeNull();
        Find(Claude, Talk("\"\"", "hi")).ShouldBeNull();
        Find(Claude, Talk("null", new string('x', 256))).ShouldNotBeNull().Source.ShouldBe(SessionSource.Content);
    }

    [Fact]
    public void Text_cannot_move_between_instructions_and_message() =>
        Id(Claude, Talk("\"ab\"", "c")).ShouldNotBe(Id(Claude, Talk("\"a\"", "bc")));

    [Theory]
    [InlineData("\"content\":[]")]
    [InlineData("\"content\":null")]
    [InlineData("\"content\":[null,1,[[\"\"]],{\"text\":5},{\"text\":null,\"content\":{\"content\":{}}}]")]
    [InlineData("\"parts\":[{\"text\":\"\"}]")]
    [InlineData("\"a\":1")]
    public void Odd_messages_are_no_reason_to_fail(string members)
    {
        Find(Chat, $$"""{"messages":[{"role":"user",{{members}}}]}""").ShouldBeNull();
        Find(Responses, $$"""{"input":[{"role":5},{ {{members}} },{"role":"user",{{members}}},{"role":"system"},{}],"instructions":[{ {{members}} },7,null]}""").ShouldBeNull();
        Find(Gemini, $$"""{"contents":[{ {{members}} }],"systemInstruction":{ {{members}} } }""").ShouldBeNull();
    }

    private static string Id(ClientFormat format, string body, Operation operation = Operation.Generate) => Find(format, body, operation: operation).ShouldNotBeNull().Id;

    private static string WithTools(string tools) => Id(Claude, $$"""{"system":"{{Rules}}","max_tokens":9,"messages":[{"role":"user","content":"Mend it"}],"tools":{{tools}}}""");

    private static string Talk(string system, string message = "Mend it") => $$"""{"system":{{system}},"max_tokens":9,"messages":[{"role":"user","content":"{{message}}"}]}""";

    private static ClientFormat Named(string name) => new[] { Claude, Chat, Responses, Gemini }.First(format => format.Name == name);
}
