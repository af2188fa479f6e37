#pragma warning disable OPENAI001 // OpenAI calls its newest API experimental in every release.

using System.ClientModel;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Tests.Support;
using OpenAI.Responses;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Clients of OpenAI Responses, on accounts that speak it too.</summary>
public sealed class ResponsesTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_official_client_gets_a_whole_answer_and_its_usage_is_on_record()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Thinking("Hm.").ThenText("Hello 世界").WithUsage(input: 600, output: 50, cacheRead: 400));

        ResponseResult response = await Client(tenant).CreateResponseAsync(Options(), Cancel);

        response.GetOutputText().ShouldBe("Hello 世界");
        response.Usage.InputTokenCount.ShouldBe(1000);
        tenant.Upstream.Refusals.ShouldBeEmpty();
        await CheckRecordAsync(tenant);
    }

    [Fact]
    public async Task The_official_client_streams_and_its_usage_is_on_record()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("Hel", "lo ", "世界").WithUsage(input: 600, output: 50, cacheRead: 400));
        var text = "";
        var options = Options();
        options.StreamingEnabled = true;

        await foreach (var update in await Client(tenant).CreateResponseStreamingAsync(options, Cancel))
        {
            text += update is StreamingResponseOutputTextDeltaUpdate delta ? delta.Delta : "";
        }

        text.ShouldBe("Hello 世界");
        tenant.Upstream.Refusals.ShouldBeEmpty();
        await CheckRecordAsync(tenant);
    }

    [Fact]
    public async Task Bug_74_members_and_items_that_nobody_knows_cross_byte_for_byte()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        const string Body = """{ "client_metadata":{"z":1.50}, "input":[ {"type":"future_item","deep":[1e3,-0.0]},{"role":"user","content":"h\u0069 \/ 世界"},{"type":"reasoning","summary":[],"encrypted_content":"x"},{"id":"msg_1","role":"user","content":[{"type":"input_text","text":"go"}]} ],"tools":[{"type":"namespace","name":"n","tools":[]}],"model":"gpt-5-mini" }""";

        using var response = await client.PostAsync("/v1/responses?trace=1", new StringContent(Body, Encoding.UTF8, "application/json"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var received = tenant.Upstream.Requests.Single();
        received.Text.ShouldBe(Body);
        received.Path.ShouldBe("/v1/responses");
        received.Query.ShouldBe("?trace=1");
    }

    [Theory]
    [InlineData("""{"input":"hi"}""", "model")]
    [InlineData("""{"model":"gpt-5-mini"}""", "input")]
    [InlineData("""{"model":"gpt-5-mini","input":7}""", "input")]
    [InlineData("""{"model":"gpt-5-mini","input":["hi"]}""", "input")]
    [InlineData("""{"model":"gpt-5-mini","input":"hi","max_output_tokens":0}""", "max_output_tokens")]
    public async Task A_body_of_the_wrong_shape_is_refused_by_the_gateway(string body, string param)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsync("/v1/responses", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error");
        error.GetProperty("param").GetString().ShouldBe(param);
        tenant.Upstream.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_stream_that_fails_before_its_first_item_is_another_accounts_to_give(int events)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        var (second, _) = await tenant.AddAccountAsync(simulator.Server, "openai", new { priority = 99 });
        using var client = tenant.CreateClient(gateway.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("no").ErrorAfterEvent(events, 500));
        second.Enqueue(ScriptedAnswer.Text("yes"));

        using var response = await client.PostAsJsonAsync("/v1/responses", Body(stream: true), Cancel);

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("\"delta\":\"yes\"");
    }

    [Fact]
    public async Task Without_another_account_it_is_an_error_of_the_mapped_status()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("no").ErrorAfterEvent(2, 429));

        using var response = await client.PostAsJsonAsync("/v1/responses", Body(stream: true), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_is_cut_ends_with_response_failed_and_the_next_number(bool inGoodOrder)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        var answer = ScriptedAnswer.Text("a ", "b ", "c ");
        tenant.Upstream.Enqueue(inGoodOrder ? answer.EndAfterEvent(5) : answer.CutAfterEvent(5));

        using var response = await client.PostAsJsonAsync("/v1/responses", Body(stream: true), Cancel);
        var events = Events(await response.Content.ReadAsStringAsync(Cancel));

        var last = events[^1];
        last.GetProperty("type").GetString().ShouldBe("response.failed");
        events.Select(next => next.GetProperty("sequence_number").GetInt32()).ShouldBe(Enumerable.Range(0, events.Count));
        var failed = last.GetProperty("response");
        failed.GetProperty("status").GetString().ShouldBe("failed");
        failed.GetProperty("error").GetProperty("code").GetString().ShouldBe("server_error");
        failed.GetProperty("id").GetString().ShouldBe(events[0].GetProperty("response").GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_error_event_of_the_platform_becomes_response_failed()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        var gate = new Gate();
        tenant.Upstream.Enqueue(ScriptedAnswer.Sse(
            """
            event: response.created
            data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","model":"m","created_at":7}}

            event: response.output_item.added
            data: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"type":"message","id":"msg_1"}}

            event: error
            data: {"type":"error","sequence_number":2,"code":"rate_limit_exceeded","message":"Slow down.","param":null}


            """).HoldAfterEvent(2, gate));

        using var response = await client.PostStreamAsync("/v1/responses", Body(stream: true), Cancel);
        gate.Open();
        var last = Events(await response.Content.ReadAsStringAsync(Cancel))[^1];

        last.GetProperty("type").GetString().ShouldBe("response.failed");
        last.GetProperty("response").GetProperty("id").GetString().ShouldBe("resp_1");
        last.GetProperty("response").GetProperty("error").GetProperty("code").GetString().ShouldBe("rate_limit_exceeded");
    }

    private static IReadOnlyList<JsonElement> Events(string sse) =>
        [.. sse.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(text => JsonElement.Parse(text[(text.IndexOf("data: ", StringComparison.Ordinal) + 6)..]))];

    private static object Body(bool stream) => new { model = "gpt-5-mini", stream, input = "hi" };

    private static CreateResponseOptions Options() => new() { Model = "gpt-5-mini", InputItems = { ResponseItem.CreateUserMessageItem("hi") } };

    private static async Task CheckRecordAsync(Tenant tenant)
    {
        var record = await tenant.UsageRecordAsync();
        record.GetProperty("input_tokens").GetInt64().ShouldBe(600);
        record.GetProperty("cache_read_tokens").GetInt64().ShouldBe(400);
        record.GetProperty("output_tokens").GetInt64().ShouldBe(50);
        record.GetProperty("status").GetString().ShouldBe("completed");
        record.GetProperty("usage_source").GetString().ShouldBe("reported");
    }

    private ResponsesClient Client(Tenant tenant) =>
        new(new ApiKeyCredential(tenant.Key), new ResponsesClientOptions { Endpoint = new Uri(gateway.Server.Url, "v1") });
}
