using System.Text;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Claude;
using Gateway.Proxy.Formats.Gemini;
using Gateway.Proxy.Formats.OpenAiChat;
using Gateway.Proxy.Formats.OpenAiResponses;
using Gateway.Proxy.Inspection;
using Gateway.Proxy.Neutral;

namespace Gateway.Tests.Proxy.Inspection;

public sealed class RequestInspectorTests
{
    private const string Messages = """ "messages":[{"role":"user","content":"hi"}] """;

    [Fact]
    public void What_the_proxy_needs_is_found_and_located()
    {
        var body = """{ "messages" : [{"role":"user","content":"hi"}], "model" : "gpt-5", "stream" : true, "max_tokens": 7 }""";

        var request = Accept(body);

        request.Model.ShouldBe("gpt-5");
        body.Substring(request.ModelRange.Start, request.ModelRange.Length).ShouldBe("\"gpt-5\"");
        request.Stream.ShouldBeTrue();
        request.MaxOutputTokens.ShouldBe(7);
        request.TextBytes.ShouldBe(body.Length);
    }

    [Theory]
    [InlineData("""{"type":"image_url","image_url":{"url":"data:image/png;base64,|","detail":"low"}}""", 1, 0)]
    [InlineData("""{"image_url":{"url":"https://|"},"type":"image_url"}""", 1, 0)]
    [InlineData("""{"type":"image_url","image_url":"data:image/png;base64,|"}""", 1, 0)]
    [InlineData("""{"type":"input_audio","input_audio":{"data":"|","format":"wav"}}""", 1, 0)]
    [InlineData("""{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,|"}}""", 0, 1)]
    [InlineData("""{"type":"file","file":{"file_id":"file-1"}}""", 0, 1)]
    [InlineData("""{"type":"image","source":{"type":"base64","media_type":"image/png","data":"|"}}""", 1, 0)]
    [InlineData("""{"source":{"data":"|","media_type":"image/png","type":"base64"},"type":"image"}""", 1, 0)]
    [InlineData("""{"type":"image","source":{"type":"url","url":"https://|"}}""", 1, 0)]
    [InlineData("""{"type":"image","source":{"type":"file","file_id":"file_1"}}""", 1, 0)]
    [InlineData("""{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"|"},"title":"a"}""", 0, 1)]
    [InlineData("""{"type":"tool_result","tool_use_id":"t","content":[{"type":"image","source":{"type":"base64","data":"|"}},{"type":"text","text":"x"}]}""", 1, 0)]
    [InlineData("""{"type":"document","source":{"type":"content","content":[{"type":"image","source":{"type":"base64","data":"|"}}]}}""", 1, 0)]
    [InlineData("""{"type":"tool_use","id":"t","name":"n","input":{"file":"a","source":"b"}},{"type":"image","source":{"type":"base64","data":"|"}}""", 1, 0)]
    public void Media_are_counted_and_their_bytes_are_no_text(string part, int images, int documents)
    {
        var start = """{"model":"m","messages":[{"role":"user","content":[""";
        var small = Accept($"{start}{part.Replace("|", "", StringComparison.Ordinal)}]}}]}}");

        var large = Accept($"{start}{part.Replace("|", new string('A', 100_000), StringComparison.Ordinal)}]}}]}}");

        (large.Images, large.Documents).ShouldBe((images, documents));
        large.TextBytes.ShouldBe(small.TextBytes);
        large.TextBytes.ShouldBeLessThan(300);
    }

    [Theory]
    [InlineData("""{"type":"text","text":"|"}""")]
    [InlineData("""{"type":"document","source":{"type":"text","media_type":"text/plain","data":"|"}}""")]
    [InlineData("""{"type":"document","source":{"data":"|","media_type":"text/plain","type":"text"}}""")]
    [InlineData("""{"type":"text","text":"data:image/png;base64,|"}""")]
    public void What_a_model_reads_as_text_counts_as_text(string part)
    {
        var body = $$"""{"model":"m","messages":[{"role":"user","content":[{{part.Replace("|", new string('A', 1000), StringComparison.Ordinal)}}]}]}""";

        var request = Accept(body);

        (request.Images, request.Documents, request.TextBytes).ShouldBe((0, 0, body.Length));
    }

    [Fact]
    public void Escaped_text_counts_like_the_same_text_unescaped()
    {
        var plain = Accept("""{"model":"m","messages":[{"role":"user","content":"中é😀a"}]}""");

        var escaped = Accept("""{"model":"m","messages":[{"role":"user","content":"\u4e2d\u00e9\ud83d\ude00\u0061"}]}""");

        escaped.TextBytes.ShouldBe(plain.TextBytes);
    }

    [Theory]
    [InlineData("max_completion_tokens", "max_tokens")]
    [InlineData("max_tokens", "max_completion_tokens")]
    public void The_newer_name_of_the_output_limit_wins_in_any_order(string first, string second)
    {
        var value = new Dictionary<string, int> { ["max_completion_tokens"] = 5, ["max_tokens"] = 9 };

        var request = Accept($$"""{"model":"m",{{Messages}},"{{first}}":{{value[first]}},"{{second}}":{{value[second]}} }""");

        request.MaxOutputTokens.ShouldBe(5);
    }

    [Fact]
    public void Escapes_in_names_and_values_mean_what_they_mean_to_every_parser()
    {
        var request = Accept($$"""{"mod\u0065l":"gpt\u002d5",{{Messages}}}""");

        request.Model.ShouldBe("gpt-5");
    }

    [Theory] // B46
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{\"model\":\"m\"")]
    [InlineData("{\"model\":\"m\",}")]
    [InlineData("{\"model\":\"m\"} trailing")]
    [InlineData("{\"model\":\"m\"}{}")]
    [InlineData("// comment\n{}")]
    [InlineData("\uFEFF{\"model\":\"m\"}")]
    [InlineData("{'model':'m'}")]
    public void B46_what_is_not_one_JSON_object_is_refused(string body) => Refuse(body).Kind.ShouldBe(FailureKind.InvalidRequest);

    [Theory]
    [InlineData("1e2", 100)]
    [InlineData("1E+1", 10)]
    [InlineData("12.0", 12)]
    public void An_integer_may_be_spelled_as_JSON_allows(string written, long meant) =>
        Accept($$"""{"model":"m",{{Messages}},"max_tokens":{{written}}}""").MaxOutputTokens.ShouldBe(meant);

    [Fact]
    public void B46_depth_is_bounded() => Refuse($"{{\"model\":\"m\",\"x\":{new string('[', 100_000)}").Message.ShouldContain("nested deeper than 64 levels");

    [Fact]
    public void B46_members_of_one_object_are_bounded()
    {
        var members = string.Join(',', Enumerable.Range(0, 1_000_000).Select(i => $"\"k{i}\":1"));

        Refuse($$$"""{"model":"m",{{{Messages}}},"metadata":{ {{{members}}} } }""").Message.ShouldContain("members");
    }

    [Fact]
    public void B46_UTF_16_and_broken_UTF_8_are_refused()
    {
        RequestInspector.Inspect(Encoding.Unicode.GetBytes("{\"model\":\"m\"}"), Shape, out _).ShouldNotBeNull();
        RequestInspector.Inspect([.. "{\"model\":\""u8, 0xC3, 0x28, .. "\"}"u8], Shape, out _)!.Message.ShouldContain("UTF-8");
    }

    [Theory] // B46
    [InlineData("\\ud800")]
    [InlineData("\\udc00")]
    [InlineData("\\ud800x")]
    [InlineData("\\ud800\\n")]
    [InlineData("\\ud800\\ud800")]
    [InlineData("a\\\\\\ud83d")]
    public void B46_a_lone_surrogate_is_refused_wherever_it_stands(string text)
    {
        Refuse($$"""{"model":"m","messages":[{"role":"user","content":"{{text}}"}]}""").Message.ShouldContain("surrogate");
        Refuse($$"""{"model":"m",{{Messages}},"{{text}}":1}""").Message.ShouldContain("surrogate");
    }

    [Theory]
    [InlineData("\\ud83d\\ude00")]
    [InlineData("\\\\ud800")]
    [InlineData("😀")]
    public void A_whole_pair_and_an_escaped_backslash_are_accepted(string text) =>
        Accept($$"""{"model":"m","messages":[{"role":"user","content":"{{text}}"}]}""");

    [Theory] // B47
    [InlineData("""{"model":"a","model":"b",""")]
    [InlineData("""{"model":"a","mod\u0065l":"b",""")]
    [InlineData("""{"stream":true,"model":"a","stream":false,""")]
    public void B47_a_member_that_policy_reads_is_refused_when_given_twice(string start) => Refuse($"{start}{Messages}}}").Message.ShouldContain("twice");

    [Theory] // B09
    [InlineData("gpt\\r\\nx-evil: 1")]
    [InlineData("gpt\\u0000")]
    [InlineData("")]
    public void B09_a_model_name_cannot_carry_control_characters(string model) =>
        Refuse($$"""{"model":"{{model}}",{{Messages}}}""").Field.ShouldBe("model");

    [Theory] // B48, B50, B26
    [InlineData("stream", "\"true\"")]
    [InlineData("stream", "1")]
    [InlineData("n", "1000")]
    [InlineData("n", "0")]
    [InlineData("n", "1.5")]
    [InlineData("max_tokens", "0")]
    [InlineData("max_tokens", "-1")]
    [InlineData("max_tokens", "9223372036854775808")]
    [InlineData("max_completion_tokens", "\"5\"")]
    [InlineData("temperature", "1e400")]
    [InlineData("temperature", "\"hot\"")]
    [InlineData("temperature", "-0.1")]
    [InlineData("tools", "{}")]
    [InlineData("stream_options", "[]")]
    [InlineData("stream_options", "{\"include_usage\":\"yes\"}")]
    [InlineData("messages", "\"hi\"")]
    [InlineData("messages", "[]")]
    [InlineData("messages", "[1]")]
    [InlineData("messages", "[{}]")]
    [InlineData("messages", "[{\"role\":1,\"content\":\"x\"}]")]
    [InlineData("messages", "[{\"role\":\"user\",\"content\":5}]")]
    [InlineData("model", "5")]
    [InlineData("model", "null")]
    public void B48_B50_a_wrong_type_or_range_is_named(string field, string value)
    {
        var others = string.Concat(new[] { ("model", "\"m\""), ("messages", "[{\"role\":\"user\",\"content\":\"x\"}]") }
            .Where(pair => pair.Item1 != field).Select(pair => $",\"{pair.Item1}\":{pair.Item2}"));

        Refuse($"{{\"{field}\":{value}{others}}}").Field.ShouldBe(field);
    }

    [Fact]
    public void B51_ten_thousand_tools_are_read_in_one_pass()
    {
        var tools = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $$"""{"type":"function","function":{"name":"f{{i}}" } }"""));

        Accept($$"""{"model":"m",{{Messages}},"tools":[{{tools}}]}""");
    }

    [Theory]
    [InlineData("model")]
    [InlineData("messages")]
    public void A_required_member_that_is_missing_is_named(string field)
    {
        var body = field == "model" ? $"{{{Messages}}}" : """{"model":"m"}""";

        Refuse(body).Field.ShouldBe(field);
    }

    [Fact]
    public void Unknown_members_are_none_of_our_business() => Accept($$"""{"model":"m",{{Messages}},"brand_new":{"a":[1,2,{"b":null}] } }""");

    [Fact]
    public void A_count_needs_no_max_tokens_and_a_message_does()
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"m",{{Messages}}}""");
        var claude = new ClaudeFormat();

        RequestInspector.Inspect(body, claude.Shape(Operation.CountTokens), out _).ShouldBeNull();
        RequestInspector.Inspect(body, claude.Shape(Operation.Generate), out _)!.Field.ShouldBe("max_tokens");
    }

    [Fact]
    public void Media_in_the_input_of_a_response_are_counted_and_not_read_as_text()
    {
        var data = new string('A', 4000);
        var body = $$"""{"model":"m","input":[{"type":"future"},{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,{{data}}"},{"type":"input_file","filename":"f","file_data":"data:application/pdf;base64,{{data}}"}]}],"max_output_tokens":7}""";

        RequestInspector.Inspect(Encoding.UTF8.GetBytes(body), new ResponsesFormat().Shape(Operation.Generate), out var request).ShouldBeNull();

        request.Images.ShouldBe(1);
        request.Documents.ShouldBe(1);
        request.TextBytes.ShouldBeLessThan(300);
        request.MaxOutputTokens.ShouldBe(7);
    }

    [Fact]
    public void An_input_that_is_one_text_has_nothing_to_do_with_what_stands_behind_it()
    {
        var body = """{"model":"m","input":"hi","client_metadata":{"a":["b"]},"other":["c"]}"""u8.ToArray();

        RequestInspector.Inspect(body, new ResponsesFormat().Shape(Operation.Generate), out _).ShouldBeNull();
    }

    [Fact]
    public void Media_of_a_Gemini_request_are_counted_and_its_limit_is_noted()
    {
        var data = new string('A', 4000);
        var body = $$"""
            {"generation_config":{"topK":1,"max_output_tokens":9},"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"{{data}}"} },
             {"inline_data":{"data":"{{data}}","mime_type":"application/pdf"} },{"text":"hi"}]}]}
            """;

        RequestInspector.Inspect(Encoding.UTF8.GetBytes(body), new GeminiFormat().Shape(Operation.Generate), out var request, new AddressedModel("m", Stream: true)).ShouldBeNull();

        request.Images.ShouldBe(1);
        request.Documents.ShouldBe(1);
        request.TextBytes.ShouldBeLessThan(300);
        request.MaxOutputTokens.ShouldBe(9);
        request.Model.ShouldBe("m");
        request.Stream.ShouldBeTrue();
    }

    [Theory]
    [InlineData("\"tools\":[]", false, false)]
    [InlineData("\"tools\":[{}]", true, false)]
    [InlineData("\"functions\":[{}],\"reasoning_effort\":\"none\"", true, true)]
    [InlineData("\"tools\":null,\"reasoning_effort\":\"low\"", false, false)]
    public void Tools_and_reasoning_are_noted(string members, bool hasTools, bool isReasoningOff)
    {
        var request = Accept($$"""{"model":"m",{{Messages}},{{members}}}""");

        request.HasTools.ShouldBe(hasTools);
        request.IsReasoningOff.ShouldBe(isReasoningOff);
    }

    private static RequestShape Shape { get; } = new OpenAiChatFormat().Shape(Operation.Generate);

    private static InspectedRequest Accept(string body)
    {
        RequestInspector.Inspect(Encoding.UTF8.GetBytes(body), Shape, out var request).ShouldBeNull();
        return request;
    }

    private static Failure Refuse(string body) => RequestInspector.Inspect(Encoding.UTF8.GetBytes(body), Shape, out _).ShouldNotBeNull();
}
