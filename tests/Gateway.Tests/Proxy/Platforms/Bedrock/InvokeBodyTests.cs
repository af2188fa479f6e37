using System.Text;
using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Platforms;
using Gateway.Proxy.Platforms.Bedrock;
using Gateway.Proxy.Platforms.Capabilities;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Proxy.Platforms.Bedrock;

/// <summary>What becomes of a Claude client's body on its way to InvokeModel. Numbers in names are those of the list of other products' bugs.</summary>
public sealed class InvokeBodyTests
{
    private const string Sonnet = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string Newer = "us.anthropic.claude-opus-5";
    private const string Version = "\"anthropic_version\":\"bedrock-2023-05-31\"";
    private const string Rest = "\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]";

    [Theory] // the spelling of what stays is the client's
    [InlineData("{\"model\":\"m\",\"max_tokens\": 5 , \"messages\":[]}", "{\"max_tokens\": 5 , \"messages\":[],\"anthropic_version\":\"bedrock-2023-05-31\"}")]
    [InlineData("{ \"max_tokens\":5,\"messages\":[ {\"role\":\"user\",\"content\":\"\\u00e9\"} ],\"model\":\"m\",\"stream\":true }", "{ \"max_tokens\":5,\"messages\":[ {\"role\":\"user\",\"content\":\"\\u00e9\"} ],\"anthropic_version\":\"bedrock-2023-05-31\" }")]
    [InlineData("{\"stream\":false,\n\"model\":\"m\",\n\"messages\":[],\"anthropic_version\":\"x\",\"max_tokens\":5}", "{\"messages\":[],\"max_tokens\":5,\"anthropic_version\":\"bedrock-2023-05-31\"}")]
    [InlineData("{\"messages\":[],\"model\":\"m\",\"stream\":true,\"max_tokens\":1e1,\"mo\\u0064el\":\"n\"}", "{\"messages\":[],\"max_tokens\":1e1,\"anthropic_version\":\"bedrock-2023-05-31\"}")]
    public void Members_go_and_the_rest_stays_byte_for_byte(string body, string sent) => Edit(body, Sonnet, out _).ShouldBe(sent);

    [Fact]
    public void Every_set_of_members_can_go()
    {
        string[] members = ["\"model\":\"m\"", "\"stream\":true", "\"speed\":\"fast\"", "\"messages\":[]", "\"max_tokens\":5", "\"inference_geo\":\"us\""];
        foreach (var order in Permutations(members))
        {
            var sent = JsonElement.Parse(Edit($"{{{string.Join(",", order)}}}", Sonnet, out var target));

            sent.EnumerateObject().Select(member => member.Name).Order().ShouldBe(["anthropic_version", "max_tokens", "messages"]);
            target.Dropped.Order().ShouldBe(["inference_geo", "speed"]);
        }
    }

    [Theory] // bugs 67 and 79: header, array in the body, what is named as dropped
    [InlineData("context-1m-2025-08-07", "[\"context-1m-2025-08-07\"]", "")]
    [InlineData("context-1m-2025-08-07, interleaved-thinking-2025-05-14,context-1m-2025-08-07", "[\"context-1m-2025-08-07\",\"interleaved-thinking-2025-05-14\"]", "")]
    [InlineData("advanced-tool-use-2025-11-20,claude-code-20250219,prompt-caching-2024-07-31", "[\"tool-search-tool-2025-10-19\"]", "")]
    [InlineData("files-api-2025-04-14", null, "anthropic-beta")]
    [InlineData("of-tomorrow-2030-01-01,context-1m-2025-08-07", "[\"context-1m-2025-08-07\"]", "anthropic-beta")]
    [InlineData("", null, "")]
    public void Bug_67_79_betas_go_into_the_body_as_far_as_Bedrock_knows_them(string header, string? betas, string dropped)
    {
        var sent = JsonElement.Parse(Edit($$"""{"model":"m",{{Rest}}}""", Sonnet, out var target, header));

        (sent.TryGetProperty("anthropic_beta", out var found) ? found.GetRawText() : null).ShouldBe(betas);
        string.Join(", ", target.Dropped).ShouldBe(dropped);
    }

    [Fact]
    public void Bug_67_a_beta_that_goes_takes_its_members_along()
    {
        var sent = Edit(
            "{" + Rest + ""","fallbacks":[1],"output_config":{"task_budget":{},"effort":"low"},"thinking":{"type":"adaptive","block_binding":{}},"context_management":{} }""",
            Newer,
            out var target,
            "task-budgets-2026-03-13, thinking-binding-controls-2026-08-01,context-management-2025-06-27,server-side-fallback-2026-01-01");

        sent.ShouldBe("{" + Rest + ""","output_config":{"effort":"low"},"thinking":{"type":"adaptive"},"context_management":{},""" + Version + ""","anthropic_beta":["context-management-2025-06-27"] }""");
        target.Dropped.Order().ShouldBe(["anthropic-beta", "fallbacks", "output_config.task_budget", "thinking.block_binding"]);
    }

    [Fact]
    public void Bug_68_instructions_between_messages_become_reminders_with_their_blocks_and_marks()
    {
        var sent = Edit(
            """
            {"max_tokens":5,"messages":[{"role":"user","content":"a"},{"role":"system","content":"be \"brief\""},{"role":"assistant","content":"system"},{"role":"user","content":"b"},
             {"content":[{"type":"text","text":"c","cache_control":{"type":"ephemeral"}},{"type":"text","text":"d"}],"role":"system"}]}
            """,
            Newer,
            out var target);

        sent.TrimEnd().ShouldBe(
            """
            {"max_tokens":5,"messages":[{"role":"user","content":"a"},{"role":"user","content":"<system-reminder>\nbe \"brief\"\n</system-reminder>"},{"role":"assistant","content":"system"},{"role":"user","content":"b"},
             {"content":[{"type":"text","text":"<system-reminder>\nc\n</system-reminder>","cache_control":{"type":"ephemeral"}},{"type":"text","text":"<system-reminder>\nd\n</system-reminder>"}],"role":"user"}],"anthropic_version":"bedrock-2023-05-31"}
            """);
        target.Dropped.ShouldBeEmpty();
    }

    [Theory] // bug 53
    [InlineData("", "\"system\":[INSTRUCTION]")]
    [InlineData("\"system\":\"be\\u0020brief\",", "\"system\":[{\"type\":\"text\",\"text\":\"be\\u0020brief\"},INSTRUCTION]")]
    [InlineData("\"system\":[{\"type\":\"text\",\"text\":\"s\"} ],", "\"system\":[{\"type\":\"text\",\"text\":\"s\"} ,INSTRUCTION]")]
    [InlineData("\"system\":[],", "\"system\":[INSTRUCTION]")]
    [InlineData("\"system\":null,", "{\"system\":[INSTRUCTION]")]
    public void Bug_53_a_schema_that_the_model_refuses_is_told_in_words(string system, string expected)
    {
        var body = "{" + system + Rest + ""","output_config":{"format":{"type":"json_schema","schema":{"type":"object"}},"effort":"low"},"tools":[{"name":"f","strict":true,"input_schema":{"type":"object"}}]}""";

        var sent = Edit(body, Newer, out var target);

        sent.ShouldContain(expected.Replace("INSTRUCTION", """{"type":"text","text":"Reply with a single JSON value that follows this JSON Schema, and nothing else:\n{\"type\":\"object\"}"}""", StringComparison.Ordinal));
        JsonElement.Parse(sent).GetProperty("output_config").GetRawText().ShouldBe("""{"effort":"low"}""");
        JsonElement.Parse(sent).GetProperty("tools")[0].GetRawText().ShouldBe("""{"name":"f","input_schema":{"type":"object"}}""");
        target.Dropped.Order().ShouldBe(["output_config.format", "tools.strict"]);
        Edit(body, Sonnet, out target).ShouldContain("\"strict\":true");
        target.Dropped.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"mcp_servers\":[{\"url\":\"x\"}]", "mcp_servers")]
    [InlineData("\"container\":\"c\"", "container")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{}},{\"type\":\"web_search_20250305\",\"name\":\"web_search\"}]", "tools[1].type")]
    [InlineData("\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"source\":{\"type\":\"file\",\"file_id\":\"f\"}}]}]", "messages[0].content[0].source")]
    [InlineData("\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"content\":[{\"type\":\"text\"},{\"type\":\"image\",\"source\":{\"type\":\"file\",\"file_id\":\"f\"}}]}]}]", "messages[1].content[0].content[1].source")]
    public void What_would_change_the_answers_shape_is_refused_by_name(string members, string field)
    {
        Edit($$"""{"max_tokens":5,{{members}}}""", Sonnet, out var target);

        target.Refusal!.Field.ShouldBe(field);
    }

    [Theory]
    [InlineData("\"mcp_servers\":[],\"container\":null")]
    [InlineData("\"tools\":[{\"type\":\"bash_20250124\",\"name\":\"bash\"},{\"type\":\"custom\",\"name\":\"f\",\"input_schema\":{}}]")]
    [InlineData("\"messages\":[{\"role\":\"user\",\"content\":\"\\\"type\\\":\\\"url\\\"\"}]")]
    public void What_only_looks_like_it_is_not(string members)
    {
        Edit($$"""{"max_tokens":5,{{members}}}""", Sonnet, out var target);

        target.Refusal.ShouldBeNull();
    }

    [Theory]
    [InlineData("{\"type\":\"image\",\"source\":{\"type\":\"url\",\"url\":\"https://example.com/a.png\"}}", true)]
    [InlineData("{\"type\":\"tool_result\",\"content\":[{\"type\":\"document\",\"source\":{\"url\":\"u\",\"type\":\"url\"}}]}", true)]
    [InlineData("{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"data\":\"\"}},{\"type\":\"tool_use\",\"input\":{\"source\":{\"type\":\"url\"}}}", false)]
    [InlineData("{\"type\":\"text\",\"text\":\"\\\"url\\\"\"}", false)]
    public void Addresses_of_media_are_found(string block, bool expected) =>
        InvokeMessages.NamesAddresses(Encoding.UTF8.GetBytes($"{{\"max_tokens\":5,\"messages\":[{{\"role\":\"user\",\"content\":\"a\"}},{{\"content\":[{block}]}}]}}")).ShouldBe(expected);

    [Fact]
    public void What_Bedrock_refused_before_is_left_out_and_named()
    {
        var sent = Edit(
            """{"max_tokens":5,"future":{"a":1},"tools":[{"name":"f","defer_loading":true,"input_schema":{}},{"defer_loading":false}],"output_config":{"effort":"low"},"messages":[]}""",
            Sonnet,
            out var target,
            learned: [["future"], ["tools", "*", "defer_loading"], ["output_config", "effort"], ["not", "there"]]);

        sent.ShouldBe("""{"max_tokens":5,"tools":[{"name":"f","input_schema":{}},{}],"output_config":{},"messages":[],""" + Version + "}");
        target.Dropped.ShouldBe(["future", "tools.defer_loading", "output_config.effort"]);
    }

    [Fact]
    public void What_was_refused_as_a_whole_goes_with_all_that_would_be_edited_inside_it()
    {
        var sent = Edit(
            """{"max_tokens":5,"output_config":{"task_budget":{},"format":{"type":"json_schema","schema":{"type":"object"}}},"thinking":{"type":"adaptive","block_binding":{}},"messages":[]}""",
            Sonnet,
            out var target,
            "task-budgets-2026-03-13,thinking-binding-controls-2026-08-01",
            [["output_config"], ["thinking"]]);

        var body = JsonElement.Parse(sent);
        body.EnumerateObject().Select(member => member.Name).ShouldBe(["max_tokens", "messages", "system", "anthropic_version"]);
        body.GetProperty("system")[0].GetProperty("text").GetString()!.ShouldEndWith("""{"type":"object"}""");
        target.Dropped.ShouldBe(["anthropic-beta", "output_config", "thinking"]);
    }

    [Fact]
    public void A_count_has_the_whole_request_inside()
    {
        var edits = new List<BodyEdit>();
        var body = Encoding.UTF8.GetBytes("""{"model":"m","messages":[]}""");
        InvokeBody.CollectEdits(new UpstreamBody(WireFormat.Claude, Operation.CountTokens, body, new HeaderDictionary()), Target(Sonnet), InvokeRules.Shipped, [], edits);

        var sent = JsonElement.Parse(JsonMembers.Apply(body, edits));

        var inner = sent.GetProperty("input").GetProperty("invokeModel").GetProperty("body").GetBytesFromBase64();
        Encoding.UTF8.GetString(inner).ShouldBe($$"""{"messages":[],{{Version}},"max_tokens":64000}""");
    }

    [Fact]
    public void A_key_that_wants_nothing_left_out_gets_a_refusal_instead()
    {
        var target = Target(Sonnet, strict: true);
        Edit("{" + Rest + ",\"speed\":\"fast\"}", target, "", []);

        target.Refusal!.Field.ShouldBe("speed");
    }

    private static string Edit(string body, string model, out RequestTarget target, string betas = "", string[][]? learned = null) =>
        Edit(body, target = Target(model), betas, learned ?? []);

    private static string Edit(string body, RequestTarget target, string betas, string[][] learned)
    {
        var edits = new List<BodyEdit>();
        var bytes = Encoding.UTF8.GetBytes(body);
        var headers = new HeaderDictionary();
        if (betas.Length > 0)
        {
            headers["anthropic-beta"] = betas;
        }

        InvokeBody.CollectEdits(new UpstreamBody(WireFormat.Claude, Operation.Generate, bytes, headers), target, InvokeRules.Shipped, learned, edits);
        return Encoding.UTF8.GetString(JsonMembers.Apply(bytes, edits));
    }

    private static RequestTarget Target(string model, bool strict = false)
    {
        var capabilities = new CapabilityTable().Of(model);
        return new RequestTarget(Platform.Bedrock, model, capabilities, capabilities.Vendor!, "any", strict, showReasoning: true);
    }

    private static IEnumerable<string[]> Permutations(string[] items) => items.Length == 1
        ? [items]
        : items.SelectMany(first => Permutations([.. items.Where(item => item != first)]).Select(rest => (string[])[first, .. rest]));
}
