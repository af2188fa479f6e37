using System.Text.Json;
using Gateway.Proxy.Formats;

namespace Gateway.Tests.Proxy.Bugs;

/// <summary>What other products got wrong with tools. The numbers are those of their list.</summary>
public sealed class ToolBugTests
{
    private const string Claude = "claude-sonnet-4-5";
    private const string Gemini = "gemini-3-pro-preview";
    private const string Hi = """{"role":"user","content":"hi"}""";
    private const string TwoTools = """ "tools":[{"type":"function","function":{"name":"zeta"}},{"type":"function","function":{"name":"alpha"}}] """;

    [Theory]
    [InlineData(WireFormat.OpenAiChat, """{"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"web_search"}]}""", WireFormat.Claude, Claude, "tools[0].type")]
    [InlineData(WireFormat.OpenAiResponses, """{"model":"m","input":"hi","tools":[{"type":"function","name":"f"},{"type":"code_interpreter","container":{"type":"auto"}}]}""", WireFormat.Claude, Claude, "tools[1].type")]
    [InlineData(WireFormat.Claude, """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}],"tools":[{"type":"code_execution_20250825","name":"code_execution"}]}""", WireFormat.OpenAiChat, "gpt-4o", "tools[0].type")]
    [InlineData(WireFormat.Gemini, """{"contents":[{"parts":[{"text":"hi"}]}],"tools":[{"codeExecution":{}}]}""", WireFormat.OpenAiChat, "gpt-4o", "tools[0].codeExecution")]
    public void Bug_38_a_tool_that_the_platform_lacks_is_refused_by_its_place(object client, string body, object upstream, string model, string field) =>
        Sse.Refusal((WireFormat)client, body, (WireFormat)upstream, model)!.Field.ShouldBe(field);

    [Fact]
    public void Bug_41_a_call_without_arguments_has_an_empty_object()
    {
        var chat = Sse.Data(Sse.Chunk("""{"tool_calls":[{"index":0,"id":"A","function":{"name":"f","arguments":""}}]}"""), Sse.Chunk("{}", "tool_calls"), "[DONE]");
        var gemini = Sse.Data(Sse.Candidate("""{"functionCall":{"name":"f"}}""", "STOP"));

        Sse.To(WireFormat.Gemini, WireFormat.OpenAiChat, chat)[0].GetProperty("candidates")[0].GetProperty("content").GetProperty("parts")[0].GetProperty("functionCall").GetProperty("args").GetRawText().ShouldBe("{}");
        string.Concat(Sse.To(WireFormat.OpenAiChat, WireFormat.Gemini, gemini).Deltas()
            .Select(delta => delta.TryGetProperty("tool_calls", out var calls) ? calls[0].GetProperty("function").GetProperty("arguments").GetString() : "")).ShouldBe("{}");
        Sse.To(WireFormat.Claude, WireFormat.OpenAiChat, chat).Single(next => next.GetProperty("type").GetString() == "content_block_delta")
            .GetProperty("delta").GetProperty("partial_json").GetString().ShouldBe("{}");
    }

    [Fact]
    public void Bug_44_what_a_platforms_own_tool_found_goes_to_no_other_platform() => Sse.Refusal(
        WireFormat.Claude,
        """
        {"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[
          {"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"web_search_tool_result","tool_use_id":"s","content":[]}]},{"role":"user","content":"so"}]}
        """,
        WireFormat.OpenAiChat,
        "gpt-4o").ShouldNotBeNull().Message.ShouldContain("server_tool_use");

    [Fact]
    public void Bug_45_a_call_that_is_demanded_is_demanded_of_Gemini()
    {
        Mode("\"required\"").ShouldBe("""{"mode":"ANY"}""");
        Mode("""{"type":"function","function":{"name":"alpha"}}""").ShouldBe("""{"mode":"ANY","allowedFunctionNames":["alpha"]}""");

        static string Mode(string choice) => Sse.Sent(WireFormat.OpenAiChat, $$"""{"model":"m","messages":[{{Hi}}],{{TwoTools}},"tool_choice":{{choice}}}""", WireFormat.Gemini, Gemini, out _)
            .GetProperty("toolConfig").GetProperty("functionCallingConfig").GetRawText();
    }

    [Fact]
    public void Bug_46_allowed_tools_and_one_call_at_a_time_are_carried()
    {
        var body = $$"""
            {"model":"m","messages":[{{Hi}}],{{TwoTools}},"parallel_tool_calls":false,
             "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"alpha"} }]} } }
            """;

        Sse.Sent(WireFormat.OpenAiChat, body, WireFormat.Gemini, Gemini, out var gemini).GetProperty("toolConfig").GetProperty("functionCallingConfig").GetRawText()
            .ShouldBe("""{"mode":"ANY","allowedFunctionNames":["alpha"]}""");
        gemini.Dropped.ShouldBe(["parallel_tool_calls"]);
        Sse.Sent(WireFormat.OpenAiChat, body, WireFormat.Claude, Claude, out var claude).GetProperty("tool_choice").GetRawText().ShouldBe("""{"type":"any","disable_parallel_tool_use":true}""");
        claude.Dropped.ShouldBe(["tool_choice"]);
    }

    [Fact]
    public void Bug_47_tools_keep_their_order()
    {
        var body = $$"""{"model":"m","messages":[{{Hi}}],{{TwoTools}}}""";

        Names(Sse.Sent(WireFormat.OpenAiChat, body, WireFormat.Claude, Claude, out _).GetProperty("tools")).ShouldBe(["zeta", "alpha"]);
        Names(Sse.Sent(WireFormat.OpenAiChat, body, WireFormat.Gemini, Gemini, out _).GetProperty("tools")[0].GetProperty("functionDeclarations")).ShouldBe(["zeta", "alpha"]);
    }

    [Theory]
    [InlineData(WireFormat.Claude, Claude)]
    [InlineData(WireFormat.Gemini, Gemini)]
    [InlineData(WireFormat.OpenAiResponses, "gpt-5.5")]
    public void Bug_49_an_empty_list_of_tools_and_what_belongs_to_it_is_left_out(object upstream, string model)
    {
        var sent = Sse.Sent(WireFormat.OpenAiChat, $$"""{"model":"m","messages":[{{Hi}}],"tools":[],"tool_choice":"none","parallel_tool_calls":true}""", (WireFormat)upstream, model, out var target);

        foreach (var name in (string[])["tools", "tool_choice", "toolConfig", "parallel_tool_calls"])
        {
            sent.TryGetProperty(name, out _).ShouldBeFalse(name);
        }

        target.Dropped.ShouldBeEmpty();
        target.Refusal.ShouldBeNull();
    }

    [Fact]
    public void Bug_49_no_tool_may_be_called_means_the_same_everywhere()
    {
        var body = $$"""{"model":"m","messages":[{{Hi}}],{{TwoTools}},"tool_choice":"none"}""";

        Sse.Sent(WireFormat.OpenAiChat, body, WireFormat.Claude, Claude, out _).GetProperty("tool_choice").GetRawText().ShouldBe("""{"type":"none"}""");
        Sse.Sent(WireFormat.OpenAiChat, body, WireFormat.Gemini, Gemini, out _).GetProperty("toolConfig").GetProperty("functionCallingConfig").GetRawText().ShouldBe("""{"mode":"NONE"}""");
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\" \\n\"")]
    [InlineData("null")]
    public void Bug_50_81_an_empty_text_of_the_assistant_is_left_out_and_what_it_called_stays(string content)
    {
        var body = $$"""
            {"model":"m","messages":[{{Hi}},{"role":"assistant","content":{{content}},"tool_calls":[{"id":"A","type":"function","function":{"name":"f","arguments":"{}"} }]},{"role":"tool","tool_call_id":"A","content":"x"},
             {"role":"assistant","content":""},{"role":"user","content":"so"}]}
            """;
        var sent = Sse.Sent(WireFormat.OpenAiChat, body, WireFormat.Claude, Claude, out _);

        sent.GetProperty("messages").EnumerateArray().Select(turn => turn.GetProperty("role").GetString()).ShouldBe(["user", "assistant", "user"]);
        sent.GetProperty("messages")[1].GetProperty("content").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public void Bug_81_content_is_null_with_calls_only()
    {
        var sent = Sse.Sent(
            WireFormat.Claude,
            """
            {"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"A","name":"f","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"A"}]}]}
            """,
            WireFormat.OpenAiChat,
            "gpt-4o",
            out _);

        sent.GetProperty("messages")[1].GetProperty("content").ValueKind.ShouldBe(JsonValueKind.Null);
        sent.GetProperty("messages")[2].GetProperty("content").GetString().ShouldBe("");
    }

    private static IEnumerable<string?> Names(JsonElement tools) => tools.EnumerateArray().Select(tool => tool.GetProperty("name").GetString());
}
