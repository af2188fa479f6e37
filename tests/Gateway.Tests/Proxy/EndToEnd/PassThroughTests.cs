using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>What reaches the upstream, and what reaches the client, when both speak the same format.</summary>
public sealed class PassThroughTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_reaches_the_upstream_byte_for_byte()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        const string Body = """{ "future_field" : {"z":1,"a":[1.50,1e3, -0.0]},"temperature":1.00,"messages":[ {"content":"h\u0069 \/ 世界","role":"user","extra":null} ],"model":"gpt-4o-mini" }""";

        using var response = await client.PostAsync("/v1/chat/completions?trace=1", Json(Body), Cancel);

        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        var received = tenant.Upstream.Requests.Single();
        received.Text.ShouldBe(Body);
        received.Path.ShouldBe("/v1/chat/completions");
        received.Query.ShouldBe("?trace=1");
    }

    [Fact]
    public async Task Only_named_headers_cross_the_gateway() // B59
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        using var client = gateway.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/messages?beta=true") { Content = JsonContent.Create(Bodies.Message("hi")) };
        request.Headers.Add("x-api-key", tenant.Key);
        request.Headers.Add("anthropic-version", "2023-06-01");
        request.Headers.Add("anthropic-beta", "a-1,b-2");
        request.Headers.Add("x-forwarded-for", "1.2.3.4");
        request.Headers.Add("cookie", "session=1");
        request.Headers.Add("x-internal", "1");
        request.Headers.TryAddWithoutValidation("connection", "x-api-key");

        using var response = await client.SendAsync(request, Cancel);

        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        var received = tenant.Upstream.Requests.Single();
        received.Header("x-api-key").ShouldBe(tenant.Upstream.Credential);
        received.Header("anthropic-beta").ShouldBe("a-1,b-2");
        received.Header("user-agent")!.ShouldStartWith("Gateway/");
        received.Query.ShouldBe("?beta=true");
        received.Headers.Keys.Select(name => name.ToLowerInvariant()).Except(
            ["host", "x-api-key", "anthropic-version", "anthropic-beta", "user-agent", "content-type", "content-length"]).ShouldBeEmpty();
        tenant.Upstream.Refusals.ShouldBeEmpty();
        response.Headers.Select(header => header.Key.ToLowerInvariant()).Except(["date", "x-request-id", "request-id"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_mapped_model_is_asked_for_by_its_upstream_name()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { model_mapping = new Dictionary<string, string> { ["fast"] = "gpt-4o-mini" } });
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", model: "fast"), Cancel);

        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        tenant.Upstream.Requests.Single().Json.GetProperty("model").GetString().ShouldBe("gpt-4o-mini");
        var record = await tenant.UsageRecordAsync();
        record.GetProperty("model").GetString().ShouldBe("fast");
        record.GetProperty("upstream_model").GetString().ShouldBe("gpt-4o-mini");
    }

    [Fact]
    public async Task Bug_2_a_stream_reaches_the_client_byte_for_byte_however_it_is_cut()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        var answer = ScriptedAnswer.Text("Hé", "llo 😀").WithUsage(input: 3, output: 4);
        tenant.Upstream.Enqueue(answer, answer.OneByteAtATime(), answer.SplitAt(10, 11, 300, 301), answer.WithCrlf());

        var whole = await StreamAsync(client);
        var bytewise = await StreamAsync(client);
        var split = await StreamAsync(client);
        var crlf = await StreamAsync(client);

        whole.ShouldContain("event: message_start");
        Ids(bytewise).ShouldBe(Ids(whole));
        Ids(split).ShouldBe(Ids(whole));
        Ids(crlf).ShouldBe(Ids(whole).Replace("\n", "\r\n", StringComparison.Ordinal));

        async Task<string> StreamAsync(HttpClient http)
        {
            using var response = await http.PostStreamAsync("/v1/messages", Bodies.Message("hi", stream: true), Cancel);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
            return await response.Content.ReadAsStringAsync(Cancel);
        }

        // Every message has an id of its own.
        static string Ids(string stream) => System.Text.RegularExpressions.Regex.Replace(stream, "msg_[A-Za-z0-9]+", "msg_x");
    }

    [Fact]
    public async Task Each_event_reaches_the_client_before_the_upstream_sends_the_next()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        var second = new Gate();
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("one", "-second-").HoldAfterEvent(2, second));

        using var response = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true), Cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        var seen = "";
        while (!seen.Contains("one", StringComparison.Ordinal))
        {
            seen += await reader.ReadLineAsync(Cancel);
        }

        seen.ShouldNotContain("-second-");
        second.Open();
        (await reader.ReadToEndAsync(Cancel)).ShouldContain("-second-");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_usage_chunk_reaches_the_client_only_if_it_asked(bool asked)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        var body = new
        {
            model = "gpt-5-mini",
            stream = true,
            messages = new[] { new { role = "user", content = "hi" } },
            stream_options = new { include_usage = asked },
        };

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", body, Cancel);

        var stream = await response.Content.ReadAsStringAsync(Cancel);
        stream.Contains("\"choices\":[]", StringComparison.Ordinal).ShouldBe(asked);
        stream.ShouldEndWith("data: [DONE]\n\n");
        tenant.Upstream.Requests.Single().Json.GetProperty("stream_options").GetProperty("include_usage").GetBoolean().ShouldBeTrue();
        (await tenant.UsageRecordAsync()).GetProperty("output_tokens").GetInt64().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Counting_tokens_is_passed_on_and_never_billed() // AC-33
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync(
            "/v1/messages/count_tokens", new { model = "claude-sonnet-4-5", messages = new[] { new { role = "user", content = "one two three" } } }, Cancel);

        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("input_tokens").GetInt32().ShouldBe(3);
        var log = await tenant.RequestLogAsync(response.RequestId());
        log.GetProperty("endpoint").GetString().ShouldBe("/v1/messages/count_tokens");
        (await gateway.Admin.GetDataAsync($"/api/admin/usage/records?api_key_id={tenant.ApiKeyId}")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task The_models_list_shows_what_the_key_can_reach()
    {
        var tenant = await Tenant.OpenAiAsync(
            gateway.Admin, simulator.Server, key: new { allowed_models = new[] { "gpt-4o*" } }, account: new { models = new[] { "gpt-4o", "gpt-4o-mini", "o3" } });
        using var client = tenant.CreateClient(gateway.Server);

        var list = await client.GetFromJsonAsync<JsonElement>("/v1/models", Cancel);

        list.GetProperty("object").GetString().ShouldBe("list");
        list.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()).ShouldBe(["gpt-4o", "gpt-4o-mini"]);
        (await client.GetFromJsonAsync<JsonElement>("/v1/models/gpt-4o", Cancel)).GetProperty("owned_by").GetString().ShouldBe("openai");
        using var hidden = await client.GetAsync("/v1/models/o3", Cancel);
        hidden.StatusCode.ShouldBe(System.Net.HttpStatusCode.NotFound);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
