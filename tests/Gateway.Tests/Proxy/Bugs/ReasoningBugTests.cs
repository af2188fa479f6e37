using System.Text.Json;
using Gateway.Proxy.Formats;

namespace Gateway.Tests.Proxy.Bugs;

/// <summary>What other products got wrong with reasoning. The numbers are those of their list.</summary>
public sealed class ReasoningBugTests
{
    private const string Thinking = """{"type":"thinking","thinking":"","signature":""}""";
    private const string Hi = """{"role":"user","content":"hi"}""";

    [Fact]
    public void Bug_55_reasoning_without_any_text_is_shown_as_thinking()
    {
        var events = Sse.To(WireFormat.Claude, WireFormat.OpenAiChat, Sse.Data(Sse.Chunk("""{"reasoning_content":"hm"}"""), Sse.Chunk("{}", "stop"), "[DONE]"));

        events[1].GetProperty("content_block").GetProperty("type").GetString().ShouldBe("thinking");
        events[2].GetProperty("delta").GetProperty("thinking").GetString().ShouldBe("hm");
    }

    [Fact]
    public void Bug_56_57_reasoning_is_a_plain_string_and_its_signature_comes_last()
    {
        var sse = Sse.Message("end_turn", Sse.Block(0, Thinking, """{"type":"signature_delta","signature":"s"}""", """{"type":"thinking_delta","thinking":"hm"}"""));

        var deltas = Sse.To(WireFormat.OpenAiChat, WireFormat.Claude, sse).Deltas().ToList();
        deltas[1].GetProperty("reasoning_content").GetString().ShouldBe("hm");
        deltas[2].GetProperty("thinking_blocks")[0].GetProperty("thinking").GetString().ShouldBe("hm");
        var events = Sse.To(WireFormat.Claude, WireFormat.OpenAiResponses, Sse.Named(
            """{"type":"response.created","response":{"id":"r"}}""",
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs","summary":[]}}""",
            """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"hm"}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs","encrypted_content":"e","summary":[{"type":"summary_text","text":"hm"}]}}""",
            """{"type":"response.completed","response":{"id":"r","status":"completed","output":[]}}"""));
        events.Select(next => next.GetProperty("type").GetString() is "content_block_delta" ? next.GetProperty("delta").GetProperty("type").GetString() : next.GetProperty("type").GetString())
            .ShouldBe(["message_start", "content_block_start", "thinking_delta", "signature_delta", "content_block_stop", "message_delta", "message_stop"]);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"gw1.gemini.any.c2ln\"")]
    [InlineData("\"gw1.none\"")]
    [InlineData("\"never-tagged\"")]
    public void Bug_61_reasoning_of_others_goes_to_no_other_platform(string signature)
    {
        var body = $$"""
            {"model":"m","messages":[{{Hi}},{"role":"assistant","content":"a","reasoning_content":"hm","thinking_blocks":[{"type":"thinking","thinking":"hm","signature":{{signature}} }]},{"role":"user","content":"so"}]}
            """;

        Sse.Sent(WireFormat.OpenAiChat, body, WireFormat.Claude, "claude-opus-4-8", out _).GetProperty("messages")[1].GetProperty("content").GetRawText().ShouldBe("""[{"type":"text","text":"a"}]""");
    }

    [Fact]
    public void Bug_62_63_reasoning_items_go_back_without_their_ids_and_nothing_is_stored()
    {
        var body = $$"""
            {"model":"m","messages":[{{Hi}},{"role":"assistant","content":"a","thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"gw1.openai.any.{{System.Buffers.Text.Base64Url.EncodeToString("opaque"u8)}}"}]},{"role":"user","content":"so"}]}
            """;
        var sent = Sse.Sent(WireFormat.OpenAiChat, body, WireFormat.OpenAiResponses, "gpt-5.5", out _);

        sent.GetProperty("store").GetBoolean().ShouldBeFalse();
        sent.GetProperty("include").GetRawText().ShouldBe("""["reasoning.encrypted_content"]""");
        var reasoning = sent.GetProperty("input").EnumerateArray().Single(item => item.TryGetProperty("type", out var type) && type.GetString() == "reasoning");
        reasoning.GetProperty("encrypted_content").GetString().ShouldBe("opaque");
        reasoning.TryGetProperty("id", out _).ShouldBeFalse();
    }

    [Fact]
    public void Bug_64_thinking_goes_back_as_it_came_letter_by_letter()
    {
        const string Text = "  line one\n\n\tline \\u00e9 \"two\"  ";
        var body = JsonSerializer.Serialize(new
        {
            model = "m",
            messages = new object[]
            {
                new { role = "user", content = "hi" },
                new { role = "assistant", content = "a", thinking_blocks = new[] { new { type = "thinking", thinking = Text, signature = "gw1.claude.any.c2ln" } } },
                new { role = "user", content = "so" },
            },
        });
        var block = Sse.Sent(WireFormat.OpenAiChat, body, WireFormat.Claude, "claude-opus-4-8", out _).GetProperty("messages")[1].GetProperty("content")[0];

        block.GetProperty("thinking").GetString().ShouldBe(Text);
        block.GetProperty("signature").GetString().ShouldBe("sig");
    }

    [Fact]
    public void Bug_66_summaries_are_asked_for_and_sampling_is_what_the_model_takes()
    {
        var shown = Sse.Sent(WireFormat.OpenAiChat, $$"""{"model":"m","messages":[{{Hi}}],"reasoning_effort":"high"}""", WireFormat.Claude, "claude-opus-4-8", out _);
        shown.GetProperty("thinking").GetRawText().ShouldBe("""{"type":"adaptive","display":"summarized"}""");
        var sampled = Sse.Sent(WireFormat.OpenAiChat, $$"""{"model":"m","messages":[{{Hi}}],"temperature":1.7,"top_p":0.5}""", WireFormat.Claude, "claude-sonnet-4-5", out var target);
        sampled.GetProperty("temperature").GetDouble().ShouldBe(1);
        sampled.TryGetProperty("top_p", out _).ShouldBeFalse();
        target.Dropped.ShouldBe(["temperature", "top_p"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("claude-opus-5", true)]
    [InlineData("claude-fable-5", true)]
    [InlineData("claude-opus-5-5", false)]
    [InlineData("claude-fable-5-1", false)]
    [InlineData("us.anthropic.claude-sonnet-5-5-v1:0", false)]
    public void Thinking_that_is_signed_for_all_before_it_goes_with_a_block_that_somebody_damaged(string model, bool keepsLater)
    {
        foreach (var damaged in (string[])["sig", "gw1.claude.any", "gw1.claude.any."])
        {
            Kept(model, damaged).ShouldBe(["thinking", "text", keepsLater ? "thinking" : "text"], damaged);
        }

        // It was not there either when the later ones were signed.
        Kept(model, "gw1.gemini.any.Yg").ShouldBe(["thinking", "text", "thinking"]);
        Kept(model, "gw1.claude.0123abcd.Yg").ShouldBe(["thinking", "text", "thinking"]);
        Kept(model, "gw1.none").ShouldBe(["thinking", "text", "thinking"]);
    }

    private static IEnumerable<string?> Kept(string model, string second)
    {
        static string Turn(string text, string signature) => $$"""{"role":"assistant","content":"{{text}}","thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"{{signature}}"}]}""";
        var body = $$"""
            {"model":"m","messages":[{{Hi}},{{Turn("a", "gw1.claude.any.YQ")}},{{Hi}},{{Turn("b", second)}},{{Hi}},{{Turn("c", "gw1.claude.any.Yw")}},{{Hi}}]}
            """;
        return Sse.Sent(WireFormat.OpenAiChat, body, WireFormat.Claude, model, out _).GetProperty("messages").EnumerateArray()
            .Where(turn => turn.GetProperty("role").GetString() == "assistant").Select(turn => turn.GetProperty("content")[0].GetProperty("type").GetString());
    }

    [Fact]
    public void A_message_of_nothing_but_thinking_that_nobody_accepts_is_left_out()
    {
        const string Body = """
            {"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"gw1.gemini.any.Yg"}]},{"role":"user","content":"b"}]}
            """;

        Sse.Sent(WireFormat.Claude, Body, WireFormat.Claude, "claude-opus-5", out _).GetProperty("messages").GetRawText()
            .ShouldBe("""[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]""");
    }
}
