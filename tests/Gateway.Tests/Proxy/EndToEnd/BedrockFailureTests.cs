using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;
using Simulator.Platforms.Bedrock;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Bedrock's refusals and broken streams, as clients of each format see them. Numbers in names are those of the list of other products' bugs.</summary>
public sealed class BedrockFailureTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string Nova = "nova-pro";
    private const string Claude = "claude-sonnet-4-5";
    private const string EventStream = "application/vnd.amazon.eventstream";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory] // status and exception of Bedrock, status for chat and for Claude clients, Claude's type
    [InlineData(400, "ValidationException", 400, 400, "invalid_request_error")]
    [InlineData(403, "AccessDeniedException", 503, 503, "api_error")]
    [InlineData(404, "ResourceNotFoundException", 404, 404, "not_found_error")]
    [InlineData(408, "ModelTimeoutException", 504, 504, "timeout_error")]
    [InlineData(424, "ModelErrorException", 500, 500, "api_error")]
    [InlineData(429, "ThrottlingException", 429, 429, "rate_limit_error")]
    [InlineData(500, "InternalServerException", 500, 500, "api_error")]
    [InlineData(503, "ServiceUnavailableException", 503, 529, "overloaded_error")]
    public async Task Bug_80_a_refusal_is_said_in_the_clients_words(int status, string type, int chatStatus, int claudeStatus, string claudeType)
    {
        foreach (var model in new[] { Nova, Claude })
        {
            using var chat = await (await RefusedAsync()).PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", model: model), Cancel);
            using var claude = await (await RefusedAsync()).PostAsJsonAsync("/v1/messages", Bodies.Message("hi", model: model), Cancel);

            ((int)chat.StatusCode).ShouldBe(chatStatus);
            (await chat.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
            ((int)claude.StatusCode).ShouldBe(claudeStatus);
            var said = await claude.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            said.GetProperty("type").GetString().ShouldBe("error");
            said.GetProperty("error").GetProperty("type").GetString().ShouldBe(claudeType);
        }

        async Task<HttpClient> RefusedAsync()
        {
            var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
            tenant.Upstream.Default = ScriptedAnswer.Error(status, type, "arn:aws:iam::123456789012:user/x is wrong");
            return Client(tenant);
        }
    }

    [Fact]
    public async Task A_prompt_that_is_too_long_is_said_so_that_Claude_clients_shorten_it()
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Error(400, "ValidationException", "Input is too long for requested model.");
        using var client = Client(tenant);

        using var response = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", model: Claude), Cancel);

        ((int)response.StatusCode).ShouldBe(400);
        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetProperty("message").GetString()!.ShouldStartWith("prompt is too long");
    }

    [Theory]
    [InlineData("/v1/chat/completions", Nova, "\"finish_reason\":\"stop\"")]
    [InlineData("/v1/chat/completions", Claude, "\"finish_reason\":\"stop\"")]
    [InlineData("/v1/messages", Nova, "event: message_stop")]
    [InlineData("/v1/messages", Claude, "event: message_stop")]
    [InlineData("/v1/responses", Nova, "event: response.completed")]
    [InlineData("/v1/responses", Claude, "event: response.completed")]
    public async Task Bug_19_a_stream_that_breaks_ends_in_an_error(string path, string model, string end)
    {
        var script = ScriptedAnswer.Text("Hel", "lo ", "there");

        // What breaks before the client has anything is another account's to answer: the rest waits until it has.
        ScriptedAnswer[] broken =
        [
            script.CutAfterEvent(5), script.EndAfterEvent(5), script.ErrorAfterEvent(5, 503), script.ErrorAfterEvent(5, 429), script.WithDamagedEvent(5), script.WithoutTerminalEvent(),
        ];

        // Without its last event a Claude answer still has its reason and its usage: that is an end to all but Claude's own clients.
        foreach (var one in model == Claude && path != "/v1/messages" ? broken[..^1] : broken)
        {
            var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server); // One that has failed is left alone.
            using var client = Client(tenant);
            var gate = new Gate();
            tenant.Upstream.Enqueue(one.HoldAfterEvent(4, gate));
            using var response = await client.PostStreamAsync(path, Body(path, model), Cancel);
            gate.Open();
            var text = await response.Content.ReadAsStringAsync(Cancel);

            text.ShouldContain("Hel");
            text.ShouldContain("error");
            text.ShouldNotContain(end);
            text.ShouldNotContain("[DONE]");
        }
    }

    [Theory]
    [InlineData(503, "ServiceUnavailableException", "overloaded_error")]
    [InlineData(429, "ThrottlingException", "rate_limit_error")]
    [InlineData(408, "ModelTimeoutException", "timeout_error")]
    [InlineData(424, "ModelStreamErrorException", "api_error")]
    public async Task An_exception_inside_a_stream_is_Claudes_error_event(int status, string type, string claudeType)
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        using var client = Client(tenant);
        foreach (var model in new[] { Nova, Claude })
        {
            var gate = new Gate();
            tenant.Upstream.Enqueue(ScriptedAnswer.Text("Hel", "lo").ErrorAfterEvent(4, status, type, "Said by Bedrock").HoldAfterEvent(3, gate));
            using var response = await client.PostStreamAsync("/v1/messages", Bodies.Message("hi", stream: true, model: model), Cancel);
            gate.Open();

            var text = await response.Content.ReadAsStringAsync(Cancel);

            text.ShouldContain("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"" + claudeType);
            text.Contains("Said by Bedrock", StringComparison.Ordinal).ShouldBe(status != 429); // How busy an account is is nobody's business.
        }
    }

    [Fact]
    public async Task An_exception_before_any_content_is_another_accounts_to_answer()
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server, account: new { priority = 1 });
        var (second, _) = await tenant.AddAccountAsync(simulator.Server, "bedrock", new { priority = 2 });
        tenant.Upstream.Default = ScriptedAnswer.ErrorEvent(503);
        second.Default = ScriptedAnswer.Text("second-account");
        using var client = Client(tenant);
        foreach (var model in new[] { Nova, Claude })
        {
            using var response = await client.PostStreamAsync("/v1/messages", Bodies.Message("hi", stream: true, model: model), Cancel);

            (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("second-account");
        }
    }

    [Theory]
    [InlineData(Nova)]
    [InlineData(Claude)]
    public async Task Split_anywhere_a_stream_reaches_the_client_the_same(string model)
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        using var client = Client(tenant);
        var script = ScriptedAnswer.Text("Hi 😀", " é").ThenToolCall("f", "{\"x\"", ":1}", "").WithUsage(input: 3, output: 4);
        ScriptedAnswer[] deliveries = [script, script.OneByteAtATime(), script.SplitAt(3, 50, 55, 60, 333)];
        tenant.Upstream.Enqueue(deliveries);
        var texts = new List<string>();
        foreach (var _ in deliveries)
        {
            using var response = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true, model: model), Cancel);
            var text = await response.Content.ReadAsStringAsync(Cancel);
            texts.Add(string.Concat(text.Split("\n\n").Select(next => next[(next.IndexOf("\"choices\"", StringComparison.Ordinal) is var at and >= 0 ? at : 0)..])));
        }

        texts[0].ShouldContain("Hi ");
        texts[0].ShouldContain("[DONE]");
        texts.Select(WithoutIds).Distinct().Count().ShouldBe(1);

        static string WithoutIds(string text) => System.Text.RegularExpressions.Regex.Replace(text, "(toolu|tooluse)_[A-Za-z0-9]+", "id");
    }

    [Fact]
    public async Task A_stream_of_garbage_is_a_broken_upstream()
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        using var client = Client(tenant);
        byte[] forged = [0x71, 0x40, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
        byte[][] bodies = [[], forged, EventFrame.Event("messageStart", "no JSON"), EventFrame.Event("something", "[]"), EventFrame.Event("chunk", "{}")];
        foreach (var body in bodies)
        {
            foreach (var model in new[] { Nova, Claude })
            {
                tenant.Upstream.Default = ScriptedAnswer.Verbatim(body, EventStream);
                using var response = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true, model: model), Cancel);

                ((int)response.StatusCode).ShouldBeOneOf(500, 502);
            }
        }
    }

    [Theory]
    [InlineData(Nova)]
    [InlineData(Claude)]
    public async Task Bug_82_what_was_stored_elsewhere_is_refused_by_name_and_not_answered_without_it(string model)
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        using var client = Client(tenant);

        using var response = await client.PostAsJsonAsync("/v1/responses", new { model, input = "go on", previous_response_id = "resp_0123456789" }, Cancel);

        ((int)response.StatusCode).ShouldBeOneOf(400, 404);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("previous_response_id");
        tenant.Upstream.Requests.ShouldBeEmpty();
    }

    private static object Body(string path, string model) => path switch
    {
        "/v1/messages" => Bodies.Message("hi", stream: true, model: model),
        "/v1/responses" => new { model, stream = true, input = "hi" },
        _ => Bodies.Chat("hi", stream: true, model: model),
    };

    private HttpClient Client(Tenant tenant)
    {
        var client = tenant.CreateClient(gateway.Server);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        return client;
    }
}
