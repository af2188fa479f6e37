#pragma warning disable OPENAI001 // OpenAI calls its newest API experimental in every release.

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Anthropic.Models.Messages;
using Gateway.Tests.Support;
using OpenAI.Chat;
using OpenAI.Responses;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Clients of OpenAI's formats and of Claude's, unmodified, at Azure accounts.</summary>
public sealed class AzureAccountTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string Dated = "2025-04-01-preview";

    private static readonly object Weather =
        new { type = "function", function = new { name = "get_weather", parameters = new { type = "object", properties = new { } } } };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "/openai/v1/chat/completions", "")]
    [InlineData("preview", "/openai/v1/chat/completions", "?api-version=preview")]
    [InlineData(Dated, "/openai/deployments/gpt-5-mini/chat/completions", "?api-version=" + Dated)]
    public async Task An_OpenAI_client_streams_and_its_tokens_and_cost_are_on_record(string? apiVersion, string path, string query)
    {
        var tenant = await Tenant.AzureAsync(gateway.Admin, simulator.Server, apiVersion: apiVersion);
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("Hel", "lo ", "世界").WithUsage(input: 1000, output: 50, cacheRead: 400));

        var text = await tenant.ChatClient(gateway.Server, "gpt-5-mini").StreamedTextAsync("hi");

        text.ShouldBe("Hello 世界");
        tenant.Upstream.Refusals.ShouldBeEmpty();
        var received = tenant.Upstream.Requests.Single();
        received.Path.ShouldBe(path);
        received.Query.ShouldBe(query);
        received.Header("api-key").ShouldBe(tenant.Upstream.Credential);
        received.Header("user-agent")!.ShouldStartWith("Gateway/");
        var record = await tenant.UsageRecordAsync();
        record.GetProperty("platform").GetString().ShouldBe("azure");
        record.GetProperty("input_tokens").GetInt64().ShouldBe(1000);
        record.GetProperty("cache_read_tokens").GetInt64().ShouldBe(400);
        record.GetProperty("output_tokens").GetInt64().ShouldBe(50);
        record.GetProperty("usage_source").GetString().ShouldBe("reported");

        // 1,000 tokens at 0.25, 400 at 0.025 and 50 at 2 US dollars per million.
        record.GetProperty("cost_usd").GetDecimal().ShouldBe(0.00036m);
    }

    [Fact]
    public async Task An_OpenAI_client_shows_an_image_calls_a_tool_and_goes_on()
    {
        var tenant = await Tenant.AzureAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.ToolCall("get_weather", "{\"city\":", "\"Paris\"}").ThenToolCall("get_time"));
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("get_weather"), ChatTool.CreateFunctionTool("get_time") } };

        var (first, second) = await ToolConversations.CallAsync(
            tenant.ChatClient(gateway.Server, "gpt-5-mini"), [new SystemChatMessage("Be brief."), ToolConversations.WithImage], options);

        tenant.Upstream.Refusals.ShouldBeEmpty();
        first.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        first.ToolCalls.Select(call => call.FunctionArguments.ToString()).ShouldBe(["{\"city\":\"Paris\"}", "{}"]);
        second.Content[0].Text.ShouldBe("The tool said: sunny get_time");
    }

    [Theory]
    [InlineData(null, "/openai/v1/responses", false)]
    [InlineData(Dated, "/openai/responses", true)]
    public async Task A_client_of_responses_gets_its_answer_as_it_is(string? apiVersion, string path, bool stream)
    {
        var tenant = await Tenant.AzureAsync(gateway.Admin, simulator.Server, apiVersion: apiVersion);
        tenant.Upstream.Enqueue(ScriptedAnswer.Thinking("Hm.").ThenText("Hel", "lo").WithUsage(input: 600, output: 50, cacheRead: 400));
        var client = tenant.ResponsesClient(gateway.Server);
        var options = new CreateResponseOptions { Model = "gpt-5-mini", InputItems = { ResponseItem.CreateUserMessageItem("hi") } };

        var text = stream ? await client.StreamedTextAsync(options) : (await client.CreateResponseAsync(options, Cancel)).Value.GetOutputText();

        text.ShouldBe("Hello");
        tenant.Upstream.Refusals.ShouldBeEmpty();
        tenant.Upstream.Requests.Single().Path.ShouldBe(path);
        (await tenant.UsageRecordAsync()).GetProperty("cache_read_tokens").GetInt64().ShouldBe(400);
    }

    [Theory]
    [InlineData("gpt-5-mini", "/openai/v1/chat/completions")]
    [InlineData("gpt-5.4", "/openai/v1/responses")]
    public async Task An_Anthropic_client_gets_the_same_whole_and_streamed(string model, string path)
    {
        var tenant = await Tenant.AzureAsync(gateway.Admin, simulator.Server);
        var request = new MessageCreateParams
        {
            Model = model,
            MaxTokens = 100,
            Messages = [new UserMessageParam { Content = "Hello out there" }],
            Tools = [new Tool { Name = "get_weather", InputSchema = new() }],
        };

        (await tenant.AnthropicClient(gateway.Server).WholeAndStreamedTextAsync(request)).ShouldBe("You said: Hello out there");
        tenant.Upstream.Refusals.ShouldBeEmpty();
        tenant.Upstream.Requests[0].Path.ShouldBe(path);
    }

    [Fact]
    public async Task A_deployment_of_any_name_can_do_and_costs_what_the_requested_model_does()
    {
        var tenant = await Tenant.AzureAsync(
            gateway.Admin, simulator.Server, apiVersion: Dated, account: new { model_mapping = new Dictionary<string, string> { ["gpt-5.4"] = "our prod" } });
        tenant.Upstream.Models = new HashSet<string> { "our prod" };
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("a").WithUsage(input: 1000, output: 0), ScriptedAnswer.ToolCall("get_weather"));
        using var client = tenant.CreateClient(gateway.Server);

        using var plain = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", model: "gpt-5.4"), Cancel);
        var record = await tenant.UsageRecordAsync();
        using var withTool = await client.PostAsJsonAsync(
            "/v1/chat/completions", new { model = "gpt-5.4", tools = new[] { Weather }, messages = new[] { new { role = "user", content = "hi" } } }, Cancel);

        plain.StatusCode.ShouldBe(HttpStatusCode.OK);
        withTool.StatusCode.ShouldBe(HttpStatusCode.OK);
        tenant.Upstream.Requests.Select(request => request.Path).ShouldBe(["/openai/deployments/our prod/chat/completions", "/openai/responses"]);
        tenant.Upstream.Requests.Select(request => request.Json.GetProperty("model").GetString()).ShouldBe(["our prod", "our prod"]);
        record.GetProperty("upstream_model").GetString().ShouldBe("our prod");
        record.GetProperty("cost_usd").GetDecimal().ShouldBe(0.0025m);
    }

    [Fact]
    public async Task Content_that_the_filter_stops_is_the_clients_to_change()
    {
        var tenant = await Tenant.AzureAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        tenant.Upstream.Default = ScriptedAnswer.Error(400, message: "The response was filtered.", code: "content_filter");

        using var chat = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);
        using var claude = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", model: "gpt-5-mini"), Cancel);

        chat.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var said = (await chat.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error");
        said.GetProperty("innererror").GetProperty("code").GetString().ShouldBe("ResponsibleAIPolicyViolation");
        (await tenant.RequestLogAsync(chat.RequestId())).GetProperty("error_kind").GetString().ShouldBe("content_filter");
        claude.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await claude.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetProperty("message").GetString().ShouldBe("The response was filtered.");
    }

    [Fact]
    public async Task A_deployment_that_is_missing_is_a_model_that_is_missing()
    {
        var tenant = await Tenant.AzureAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Models = new HashSet<string> { "other" };
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetProperty("code").GetString().ShouldBe("model_not_found");
    }

    [Theory]
    [InlineData(401, "api_management", HttpStatusCode.ServiceUnavailable, "auth_account")]
    [InlineData(403, null, HttpStatusCode.ServiceUnavailable, "auth_account")]
    [InlineData(429, null, HttpStatusCode.TooManyRequests, "rate_limit")]
    [InlineData(500, null, HttpStatusCode.InternalServerError, "server")]
    public async Task What_is_wrong_with_the_account_is_not_the_clients_doing(int status, string? type, HttpStatusCode answered, string kind)
    {
        var tenant = await Tenant.AzureAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Error(status, type, "Said by Azure.").WithHeader("retry-after", "0").WithHeader("retry-after-ms", "-1");
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        response.StatusCode.ShouldBe(answered);
        response.Headers.RetryAfter?.Delta.ShouldNotBe(TimeSpan.Zero);
        var log = await tenant.RequestLogAsync(response.RequestId());
        log.GetProperty("error_kind").GetString().ShouldBe(kind);
        log.GetProperty("trace").GetRawText().ShouldContain("Said by Azure.");
        if (status is not 500)
        {
            (await response.Content.ReadAsStringAsync(Cancel)).ShouldNotContain("Said by Azure");
        }
    }

    [Theory]
    [InlineData("/v1/chat/completions", "\"finish_reason\":\"stop\"")]
    [InlineData("/v1/messages", "event: message_stop")]
    [InlineData("/v1/responses", "response.completed")]
    public async Task A_stream_that_breaks_ends_in_an_error(string path, string end)
    {
        var tenant = await Tenant.AzureAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        var script = ScriptedAnswer.Text("Hel", "lo ", "out ", "there");

        // Up to four events stand before the text.
        await BrokenStreams.EndInAnErrorAsync(
            tenant, client, path, "gpt-5-mini", end, firstText: 5, script.CutAfterEvent(6), script.ErrorAfterEvent(6, 503), script.EndAfterEvent(6));
    }

    [Fact]
    public async Task An_account_can_be_tested_in_both_styles()
    {
        foreach (var apiVersion in (string?[])[null, Dated])
        {
            var tenant = await Tenant.AzureAsync(gateway.Admin, simulator.Server, apiVersion: apiVersion);

            var result = await gateway.Admin.PostDataAsync($"/api/admin/accounts/{tenant.AccountId}/test", new { });

            result.GetProperty("ok").GetBoolean().ShouldBeTrue(result.GetRawText());
        }
    }
}
