using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Answers that are cut, malformed or say more than a client may read.</summary>
public sealed class BrokenAnswerTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string EventStream = "text/event-stream";
    private const string Start = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"usage\":{\"input_tokens\":5,\"output_tokens\":1}}}\n\n";
    private const string Delta = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"hello\"}}\n\n";
    private const string Stop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
    private const string Truncated = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"The upstream ended its answer before it was complete.\"}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Half_an_event_at_the_end_never_reaches_the_client()
    {
        var (_, _, stream) = await StreamAsync(Delta[..^30]);

        stream.ShouldStartWith(Start + Delta + Truncated);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    public async Task A_last_event_that_only_lacks_its_empty_line_is_whole(string ending)
    {
        var (_, _, stream) = await StreamAsync(Delta.TrimEnd('\n') + ending);

        stream.ShouldStartWith(Start + Delta + Delta);
        stream.ShouldContain(Truncated);
    }

    [Fact]
    public async Task A_stream_whose_last_empty_line_is_missing_is_complete()
    {
        var (_, _, stream) = await StreamAsync(Stop.TrimEnd('\n'));

        stream.ShouldStartWith(Start + Delta + Stop.TrimEnd('\n'));
        stream.ShouldNotContain("error");
    }

    [Fact]
    public async Task Everything_before_an_error_event_reaches_the_client_however_it_was_packed()
    {
        const string Error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"x\"}}\n\n";

        var (_, _, stream) = await StreamAsync(Delta + Error);

        stream.ShouldBe(Start + Delta + Delta + Error);
    }

    [Fact]
    public async Task Bug_23_an_answer_that_fails_before_any_of_it_was_sent_is_another_accounts_to_give()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server, account: new { priority = 1 });
        var (second, _) = await tenant.AddAccountAsync(simulator.Server, "claude", new { priority = 2 });
        tenant.Upstream.Default = ScriptedAnswer.Verbatim("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"x\"}}\n\n", EventStream);
        second.Default = ScriptedAnswer.Text("second-account");
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostStreamAsync("/v1/messages", Bodies.Message("hi", stream: true), Cancel);

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("second-account");
    }

    [Theory]
    [InlineData("""{"type":1}""")]
    [InlineData("""{"type":"error","error":{"type":"api_error","message":"\ud800"}}""")]
    [InlineData("""{"type":"message_delta","usage":{"output_tokens":1,"service_tier":"\udfff"}}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"type":"message_delta","delta":7,"usage":"none"}""")]
    public async Task Odd_JSON_in_an_event_is_never_the_gateways_own_failure(string data)
    {
        var (tenant, requestId, stream) = await StreamAsync($"data: {data}\n\n");

        stream.ShouldStartWith(Start + Delta);
        stream.ShouldContain("event: error\n");
        var log = await tenant.RequestLogAsync(requestId);
        log.GetProperty("trace").GetProperty("attempts").GetArrayLength().ShouldBe(1);
        log.GetProperty("error_kind").GetString().ShouldBeOneOf("server", "truncated");
    }

    [Theory]
    [InlineData("application/json", """{"error":{"message":"SECRET of org-secret","type":"insufficient_quota"}}""", HttpStatusCode.TooManyRequests)]
    [InlineData("application/json", """{"error":{"message":"SECRET of org-secret","type":"tokens"}}""", HttpStatusCode.TooManyRequests)]
    [InlineData(EventStream, "data: {\"error\":{\"message\":\"SECRET of org-secret\",\"type\":\"tokens\"}}\n\n", HttpStatusCode.TooManyRequests)]
    [InlineData(EventStream, "data: {\"error\":{\"message\":\"SECRET of org-secret\",\"code\":\"insufficient_quota\"}}\n\n", HttpStatusCode.TooManyRequests)]
    public async Task What_an_upstream_says_of_its_account_under_200_stays_inside(string type, string body, HttpStatusCode expected)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Verbatim(body.Replace("SECRET", tenant.Upstream.Credential, StringComparison.Ordinal), type);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        response.StatusCode.ShouldBe(expected);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        text.ShouldNotContain(tenant.Upstream.Credential);
        text.ShouldNotContain("org-secret");
    }

    [Fact]
    public async Task A_secret_in_the_words_of_a_failed_platform_is_taken_out()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Verbatim($"{{\"error\":{{\"message\":\"Our cache of {tenant.Upstream.Credential} broke\",\"type\":\"server_error\"}}}}", "application/json");
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("Our cache of [redacted] broke");
    }

    [Fact]
    public async Task The_clients_own_fault_under_200_is_not_tried_on_another_account()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { priority = 1 });
        var (second, _) = await tenant.AddAccountAsync(simulator.Server, "openai", new { priority = 2 });
        tenant.Upstream.Default = ScriptedAnswer.Verbatim("""{"error":{"message":"bad","type":"invalid_request_error"}}""", "application/json");
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        second.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(429, "60")]
    [InlineData(402, "3600")]
    [InlineData(503, "15")]
    [InlineData(401, "30")]
    public async Task A_client_that_should_come_back_is_always_told_when(int upstream, string seconds)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Error(upstream);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        response.Headers.GetValues("retry-after").ShouldBe([seconds]);
        response.Headers.Contains("x-should-retry").ShouldBe(upstream == 402);
    }

    [Fact]
    public async Task A_header_that_no_upstream_can_get_is_the_clients_fault()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        using var client = new HttpClient(handler) { BaseAddress = gateway.Server.Url };
        client.DefaultRequestHeaders.TryAddWithoutValidation("x-api-key", tenant.Key);
        client.DefaultRequestHeaders.TryAddWithoutValidation("anthropic-beta", "bé");

        using var response = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetProperty("message").GetString()!.ShouldContain("anthropic-beta");
        tenant.Upstream.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(302, HttpStatusCode.InternalServerError)]
    [InlineData(529, HttpStatusCode.ServiceUnavailable)]
    [InlineData(418, HttpStatusCode.BadRequest)]
    public async Task A_status_that_platforms_rarely_send_is_read_by_its_class(int upstream, HttpStatusCode expected)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Verbatim("", "text/html", upstream);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        response.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task What_a_platform_says_of_trying_again_reaches_the_client()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Error(429).WithHeader("retry-after-ms", "500").WithHeader("x-should-retry", "false");
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        response.Headers.GetValues("retry-after").ShouldBe(["1"]);
        response.Headers.GetValues("retry-after-ms").ShouldBe(["500"]);
        response.Headers.GetValues("x-should-retry").ShouldBe(["false"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_byte_order_mark_in_front_of_an_answer_means_nothing(bool stream)
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = stream
            ? ScriptedAnswer.Sse("\ufeff" + Start + Delta + Stop)
            : ScriptedAnswer.Verbatim("\ufeff{\"type\":\"message\",\"content\":[],\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}");
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", stream), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await tenant.UsageRecordAsync(response.RequestId())).GetProperty("status").GetString().ShouldBe("completed");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task F23_F24_a_request_that_an_upstream_got_and_never_answered_is_on_record(bool clientLeaves)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = clientLeaves ? ScriptedAnswer.Text("never").StallBeforeHeaders() : ScriptedAnswer.Text("never").CutBeforeHeaders();
        using var client = tenant.CreateClient(gateway.Server);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var sending = client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), leave.Token);
        await tenant.Upstream.WaitForRequestAsync(cancellationToken: Cancel);
        if (clientLeaves)
        {
            await leave.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => sending);
        }
        else
        {
            (await sending).StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        }

        var record = await tenant.UsageRecordAsync();
        record.GetProperty("status").GetString().ShouldBe(clientLeaves ? "client_aborted" : "upstream_failed");
        record.GetProperty("billed_usd").GetDecimal().ShouldBe(0);
    }

    [Fact]
    public async Task Bug_78_a_platforms_own_headers_go_to_no_other_platform()
    {
        var openAi = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = openAi.CreateClient(gateway.Server);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        client.DefaultRequestHeaders.Add("openai-beta", "assistants=v2");

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        var received = openAi.Upstream.Requests.ShouldHaveSingleItem();
        received.Header("anthropic-version").ShouldBeNull();
        received.Header("openai-beta").ShouldBe("assistants=v2");
    }

    /// <summary>Streams two good events, and what is given once the client has these.</summary>
    private async Task<(Tenant Tenant, string RequestId, string Stream)> StreamAsync(string rest)
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        var gate = new Gate();
        tenant.Upstream.Default = ScriptedAnswer.Sse(Start + Delta + rest).SplitAt(Start.Length + Delta.Length).HoldAfterEvent(2, gate);
        using var client = tenant.CreateClient(gateway.Server);
        using var response = await client.PostStreamAsync("/v1/messages", Bodies.Message("hi", stream: true), Cancel);
        await using var body = await response.Content.ReadAsStreamAsync(Cancel);
        var first = new byte[Start.Length + Delta.Length];
        await body.ReadExactlyAsync(first, Cancel);
        gate.Open();
        using var reader = new StreamReader(body);
        return (tenant, response.RequestId(), Encoding.UTF8.GetString(first) + await reader.ReadToEndAsync(Cancel));
    }
}
