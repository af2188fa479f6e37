using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Platforms.Capabilities;
using Gateway.Tests.Proxy.Bugs;

namespace Gateway.Tests.Proxy.Formats;

/// <summary>What the gateway adds to requests for platforms that lack something: schemas for answers, cache marks, an account's own capabilities.</summary>
public sealed class AdjustedRequestTests
{
    private const string Old = "claude-3-5-haiku-latest";
    private const string Schema = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""";

    private static string Asking => $$"""{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}],"response_format":{"type":"json_schema","json_schema":{"name":"place","schema":{{Schema}} } } }""";

    [Fact]
    public void A_schema_becomes_a_tool_where_the_model_takes_none_and_its_call_the_answer()
    {
        var answer = Sse.Message(
            "tool_use",
            Sse.Block(
                0,
                """{"type":"tool_use","id":"T","name":"emit_json","input":{}}""",
                """{"type":"input_json_delta","partial_json":"{\"city\":"}""",
                """{"type":"input_json_delta","partial_json":"\"Rome\"}"}"""));
        var target = Conversion.Target(Old);
        var request = EmulatedOutput.Apply(Conversion.Decode(WireFormat.OpenAiChat, Asking), target);
        var sent = Conversion.Encode(request, WireFormat.Claude, target);

        sent.GetProperty("tools")[0].GetProperty("input_schema").GetRawText().ShouldBe(Schema);
        sent.GetProperty("tool_choice").GetRawText().ShouldBe("""{"type":"tool","name":"emit_json"}""");
        sent.TryGetProperty("output_config", out _).ShouldBeFalse();
        target.Dropped.ShouldBeEmpty();
        var chat = Conversion.Stream(WireFormat.Claude, WireFormat.OpenAiChat, answer, request, target);
        chat.ShouldContain("\"content\":\"{\\\"city\\\":\"");
        chat.ShouldContain("\"finish_reason\":\"stop\"");
        chat.ShouldNotContain("tool_calls");
        chat.ShouldNotContain("emit_json");
    }

    [Theory]
    [InlineData("gpt-4", """ "tools":[{"type":"function","function":{"name":"f"}}] """)]
    [InlineData(Old, """ "tools":[{"type":"function","function":{"name":"f"}}] """)]
    public void A_client_with_tools_of_its_own_gets_an_instruction_instead(string model, string more)
    {
        var target = Conversion.Target(model);
        var request = Conversion.Decode(WireFormat.OpenAiChat, Asking.Replace("\"stream\":true", more, StringComparison.Ordinal));

        EmulatedOutput.Apply(request, target).ShouldBeSameAs(request);
        target.EmulatesOutput.ShouldBeFalse();
    }

    [Fact]
    public void Bug_48_the_cache_is_marked_for_clients_that_cannot_where_a_later_request_will_read_it()
    {
        var body = $$"""
            {"model":"m","messages":[{"role":"system","content":"one"},{"role":"system","content":"two"},{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}],
             "tools":[{"type":"function","function":{"name":"f"} },{"type":"function","function":{"name":"g"} }]}
            """;
        var target = Conversion.Target("claude-sonnet-4-5");
        var request = AutoCache.Apply(Conversion.Decode(WireFormat.OpenAiChat, body), Caching("claude-sonnet-4-5"), 1_000_000);
        var sent = Conversion.Encode(request, WireFormat.Claude, target);

        Marks(sent.GetProperty("tools")).ShouldBe([false, true]);
        Marks(sent.GetProperty("system")).ShouldBe([false, true]);
        sent.GetProperty("messages").EnumerateArray().SelectMany(turn => Marks(turn.GetProperty("content"))).ShouldBe([false, false, true]);
    }

    [Theory]
    [InlineData("""[{"role":"user","content":"a"}]""", 1_000_000, true)]
    [InlineData("""[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]""", 100, true)]
    [InlineData("""[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]""", 1_000_000, false)]
    public void Nothing_is_marked_that_nobody_reads_again_that_is_too_short_or_that_the_key_does_not_want(string messages, long bytes, bool wanted)
    {
        var request = Conversion.Decode(WireFormat.OpenAiChat, $$"""{"model":"m","messages":{{messages}}}""");

        AutoCache.Apply(request, wanted ? Caching("claude-sonnet-4-5") : Conversion.Target("claude-sonnet-4-5"), bytes).ShouldBeSameAs(request);
    }

    [Fact]
    public void An_account_knows_its_models_better_than_the_shipped_table()
    {
        var overrides = new CapabilityOverrides(new Dictionary<string, JsonElement>
        {
            ["mine-*"] = JsonElement.Parse("""{"vendor":"claude","efforts":["low","xhigh"],"sampling":"none","max_output_tokens":7}"""),
            ["mine-2"] = JsonElement.Parse("""{"max_output_tokens":8}"""),
        });
        var shipped = new CapabilityTable().Of("mine-1");

        overrides.Apply("mine-1", shipped).MaxOutputTokens.ShouldBe(7);
        overrides.Apply("mine-2", shipped).MaxOutputTokens.ShouldBe(8);
        overrides.Apply("mine-2", shipped).Efforts.ShouldBe([Effort.Low, Effort.XHigh]);
        overrides.Apply("mine-2", shipped).Prefill.ShouldBe(shipped.Prefill);
        overrides.Apply("other", shipped).ShouldBeSameAs(shipped);
        CapabilityOverrides.Problem(JsonElement.Parse("""{"efforts":["loud"]}""")).ShouldNotBeNull();
    }

    [Fact]
    public void Log_probabilities_cross_from_OpenAI_to_clients_that_can_read_them()
    {
        const string Tokens = """[{"token":"Hi","logprob":-0.1,"bytes":[72,105],"top_logprobs":[{"token":"Hi","logprob":-0.1,"bytes":null},{"token":"Yo","logprob":-2,"bytes":null}]}]""";
        var chat = Sse.Data($$"""{"id":"c","choices":[{"index":0,"delta":{"content":"Hi"},"logprobs":{"content":{{Tokens}} } }]}""", Sse.Chunk("{}", "stop"), "[DONE]");
        var responses = Sse.Named(
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"message","id":"i","role":"assistant","content":[]}}""",
            $$"""{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hi","logprobs":{{Tokens}}}""",
            """{"type":"response.completed","response":{"id":"r","status":"completed","output":[]}}""");

        Sse.To(WireFormat.OpenAiChat, WireFormat.OpenAiResponses, responses)[1].GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content").GetRawText().ShouldBe(Tokens);
        foreach (var answer in (JsonElement[])[Sse.To(WireFormat.Gemini, WireFormat.OpenAiChat, chat)[0], Sse.To(WireFormat.Gemini, WireFormat.OpenAiResponses, responses)[0]])
        {
            var result = answer.GetProperty("candidates")[0].GetProperty("logprobsResult");
            result.GetProperty("chosenCandidates").GetRawText().ShouldBe("""[{"token":"Hi","logProbability":-0.1}]""");
            result.GetProperty("topCandidates")[0].GetProperty("candidates").GetArrayLength().ShouldBe(2);
        }
    }

    private static RequestTarget Caching(string model)
    {
        var capabilities = new CapabilityTable().Of(model);
        return new RequestTarget(Platform.Claude, model, capabilities, "claude", "any", strict: false, showReasoning: true) { AutoCache = true };
    }

    private static IEnumerable<bool> Marks(JsonElement items) => items.EnumerateArray().Select(item => item.TryGetProperty("cache_control", out _));
}
