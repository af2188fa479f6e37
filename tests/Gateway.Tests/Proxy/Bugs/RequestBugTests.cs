using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Gemini;
using Gateway.Proxy.Formats.OpenAi;
using Gateway.Proxy.Neutral;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.Bugs;

/// <summary>What other products got wrong with requests, schemas, headers and errors. The numbers are those of their list.</summary>
public sealed class RequestBugTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string Hi = """{"role":"user","content":"hi"}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bug_4_no_compressed_answer_is_asked_for()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        client.DefaultRequestHeaders.Add("accept-encoding", "gzip, br");

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", model: "claude-sonnet-4-5"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentEncoding.ShouldBeEmpty();
        tenant.Upstream.Requests.Single().Header("accept-encoding").ShouldBeNull();
    }

    [Theory]
    [InlineData(nameof(WireFormat.OpenAiChat), """{"model":"m","messages":[{"role":"user","content":"hi"}],"reasoning_effort":"zzz"}""", "reasoning_effort")]
    [InlineData(nameof(WireFormat.OpenAiResponses), """{"model":"m","input":"hi","reasoning":{"effort":"zzz"}}""", "reasoning.effort")]
    [InlineData(nameof(WireFormat.Claude), """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}],"output_config":{"effort":"zzz"}}""", "output_config.effort")]
    [InlineData(nameof(WireFormat.Gemini), """{"contents":[{"parts":[{"text":"hi"}]}],"generationConfig":{"thinkingConfig":{"thinkingLevel":"ZZZ"}}}""", "generationConfig.thinkingConfig.thinkingLevel")]
    public void A_level_of_reasoning_that_nobody_knows_is_refused_with_those_that_there_are(string client, string body, string field)
    {
        ClientCodec.Of(Enum.Parse<WireFormat>(client)).DecodeRequest(JsonElement.Parse(body), out var failure).ShouldBeNull();

        failure!.Field.ShouldBe(field);
        failure.Message.ShouldBe($"'{field}' must be one of: none, minimal, low, medium, high, xhigh, max.");
    }

    [Fact]
    public void Bug_53_limits_that_Claude_refuses_in_a_schema_are_told_in_its_description()
    {
        var sent = Sse.Sent(
            WireFormat.OpenAiChat,
            $$"""{"model":"m","messages":[{{Hi}}],"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object","properties":{"x":{"type":"array","items":{"type":"string","maxLength":3},"maxItems":2} } } } } }""",
            WireFormat.Claude,
            "claude-sonnet-4-5",
            out _);

        var schema = sent.GetProperty("output_config").GetProperty("format").GetProperty("schema");
        schema.GetProperty("additionalProperties").GetBoolean().ShouldBeFalse();
        var list = schema.GetProperty("properties").GetProperty("x");
        list.TryGetProperty("maxItems", out _).ShouldBeFalse();
        list.GetProperty("description").GetString()!.ShouldContain("maxItems");
        list.GetProperty("items").TryGetProperty("maxLength", out _).ShouldBeFalse();
    }

    [Fact]
    public void Bug_54_a_tools_schema_is_sent_as_it_is_where_the_platform_takes_it()
    {
        const string Schema = """{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"b":{"type":"string","pattern":"^x","default":"x"},"a":{"const":1}},"additionalProperties":false}""";
        var sent = Sse.Sent(WireFormat.OpenAiChat, $$"""{"model":"m","messages":[{{Hi}}],"tools":[{"type":"function","function":{"name":"f","parameters":{{Schema}} } }]}""", WireFormat.Claude, "claude-sonnet-4-5", out _);

        sent.GetProperty("tools")[0].GetProperty("input_schema").GetRawText().ShouldBe(Schema);
    }

    [Theory]
    [InlineData("429")]
    [InlineData("null")]
    [InlineData("\"rate_limit_exceeded\"")]
    [InlineData("true")]
    [InlineData("4.29")]
    public void Bug_70_an_errors_code_may_be_any_scalar(string code)
    {
        var failure = ErrorBody.Read(Encoding.UTF8.GetBytes($$"""{"error":{"message":"Slow down","type":"x","param":null,"code":{{code}} } }"""), OpenAiErrors.Read);

        failure.Message.ShouldBe("Slow down");
    }

    [Fact]
    public async Task Bug_71_an_error_is_written_once_and_without_the_platforms_encoding()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(400, message: "No.").WithHeader("content-encoding", "identity").WithHeader("server", "other"));
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", model: "claude-sonnet-4-5"), Cancel);

        response.Content.Headers.ContentEncoding.ShouldBeEmpty();
        response.Headers.Server.ToString().ShouldNotContain("other");
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error");
        error.GetProperty("message").GetString().ShouldBe("No.");
        error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{\"object\":\"chat.completion\",\"choices\":null}")]
    public async Task Bug_72_an_answer_that_is_none_is_the_platforms_failure(string body)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Verbatim(body);
        using var client = tenant.CreateClient(gateway.Server);

        using var converted = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", model: "gpt-4o-mini"), Cancel);
        using var own = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", model: "gpt-4o-mini"), Cancel);

        ((int)converted.StatusCode).ShouldBeInRange(500, 502);
        if (!body.StartsWith('{'))
        {
            ((int)own.StatusCode).ShouldBeInRange(500, 502); // An object of the client's own format passes as it is.
        }

        using var client400 = await client.PostAsync("/v1/messages", new StringContent("null", Encoding.UTF8, "application/json"), Cancel);
        client400.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public void Bug_73_the_newer_name_of_the_limit_counts() =>
        Sse.Sent(WireFormat.OpenAiChat, $$"""{"model":"m","messages":[{{Hi}}],"max_tokens":5,"max_completion_tokens":7}""", WireFormat.Claude, "claude-sonnet-4-5", out _).GetProperty("max_tokens").GetInt32().ShouldBe(7);

    [Theory]
    [InlineData("\"END\"", """["END"]""")]
    [InlineData("""["A","B"]""", """["A","B"]""")]
    public void Bug_76_a_stop_sequence_may_be_one_text(string stop, string expected) =>
        Sse.Sent(WireFormat.OpenAiChat, $$"""{"model":"m","messages":[{{Hi}}],"stop":{{stop}}}""", WireFormat.Claude, "claude-sonnet-4-5", out _).GetProperty("stop_sequences").GetRawText().ShouldBe(expected);

    [Fact]
    public void Bug_80_the_time_in_Googles_details_is_read()
    {
        var failure = ErrorBody.Read(
            """{"error":{"code":429,"message":"Quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.Help"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"17.5s"}]}}"""u8,
            GeminiErrors.Read);

        failure.Kind.ShouldBe(FailureKind.RateLimit);
        failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(17.5));
    }
}
