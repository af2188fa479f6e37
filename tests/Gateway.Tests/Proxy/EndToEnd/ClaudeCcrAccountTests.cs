#pragma warning disable OPENAI001 // OpenAI calls its newest API experimental in every release.

using System.Net;
using System.Net.Http.Json;
using Anthropic.Models.Messages;
using Gateway.Tests.Support;
using OpenAI.Chat;
using OpenAI.Responses;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Clients of Claude's format and of OpenAI's, unmodified, at Claude accounts with OAuth tokens.</summary>
public sealed class ClaudeCcrAccountTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string Model = "claude-sonnet-4-5";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_Anthropic_client_streams_and_its_tokens_and_cost_are_on_record()
    {
        var tenant = await Tenant.ClaudeCcrAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("Hel", "lo ", "世界").WithUsage(input: 1000, output: 50, cacheRead: 400));

        var text = await tenant.AnthropicClient(gateway.Server)
            .StreamedTextAsync(new MessageCreateParams { Model = Model, MaxTokens = 100, Messages = [new UserMessageParam { Content = "hi" }] });

        text.ShouldBe("Hello 世界");
        tenant.Upstream.Refusals.ShouldBeEmpty();
        var received = tenant.Upstream.Requests.Single();
        received.Header("authorization").ShouldBe($"Bearer {tenant.Upstream.Credential}");
        received.Header("x-api-key").ShouldBeNull();
        received.Header("user-agent")!.ShouldStartWith("Gateway/");
        var record = await tenant.UsageRecordAsync();
        record.GetProperty("platform").GetString().ShouldBe("claude_ccr");
        record.GetProperty("input_tokens").GetInt64().ShouldBe(1000);
        record.GetProperty("cache_read_tokens").GetInt64().ShouldBe(400);
        record.GetProperty("output_tokens").GetInt64().ShouldBe(50);

        // As with a key: 1,000 tokens at 3, 400 at 0.30 and 50 at 15 US dollars per million.
        record.GetProperty("cost_usd").GetDecimal().ShouldBe(0.00387m);
    }

    [Theory]
    [InlineData(new string[0], "oauth-2025-04-20")]
    [InlineData(new[] { "context-management-2025-06-27" }, "context-management-2025-06-27,oauth-2025-04-20")]
    [InlineData(new[] { "a-2025-01-01,b-2025-01-01", "c-2025-01-01" }, "a-2025-01-01,b-2025-01-01,c-2025-01-01,oauth-2025-04-20")]
    [InlineData(new[] { "a-2025-01-01, oauth-2025-04-20" }, "a-2025-01-01,oauth-2025-04-20")]
    [InlineData(new[] { "oauth-2025-04-20", "b-2025-01-01" }, "oauth-2025-04-20,b-2025-01-01")]
    public async Task The_beta_of_access_tokens_joins_the_clients_own(string[] sent, string expected)
    {
        var tenant = await Tenant.ClaudeCcrAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        foreach (var value in sent)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation("anthropic-beta", value);
        }

        foreach (var path in (string[])["/v1/messages?beta=true", "/v1/messages/count_tokens?beta=true"])
        {
            object body = path.Contains("count_tokens", StringComparison.Ordinal)
                ? new { model = Model, messages = new[] { new { role = "user", content = "hi" } } }
                : Bodies.Message("hi");
            using var response = await client.PostAsJsonAsync(path, body, Cancel);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancel));
        }

        tenant.Upstream.Requests.Select(request => request.Header("anthropic-beta")!.Replace(" ", "", StringComparison.Ordinal)).ShouldBe([expected, expected]);
        tenant.Upstream.Requests.Select(request => request.Query).ShouldBe(["?beta=true", "?beta=true"]);
    }

    [Fact]
    public async Task An_OpenAI_client_shows_an_image_calls_a_tool_and_goes_on()
    {
        var tenant = await Tenant.ClaudeCcrAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("One moment.").ThenToolCall("get_weather", "{\"city\":", "\"Paris\"}"));
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("get_weather") } };

        var (first, second) = await ToolConversations.CallAsync(tenant.ChatClient(gateway.Server, Model), [ToolConversations.WithImage], options);

        tenant.Upstream.Refusals.ShouldBeEmpty();
        first.ToolCalls.Single().FunctionArguments.ToString().ShouldBe("{\"city\":\"Paris\"}");
        second.Content[0].Text.ShouldBe("The tool said: sunny get_weather");
    }

    [Fact]
    public async Task A_client_of_responses_streams()
    {
        var tenant = await Tenant.ClaudeCcrAsync(gateway.Admin, simulator.Server);

        var text = await tenant.ResponsesClient(gateway.Server)
            .StreamedTextAsync(new CreateResponseOptions { Model = Model, InputItems = { ResponseItem.CreateUserMessageItem("hi") } });

        text.ShouldBe("You said: hi");
        tenant.Upstream.Refusals.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(403, HttpStatusCode.ServiceUnavailable, "auth_account")]
    [InlineData(429, HttpStatusCode.TooManyRequests, "rate_limit")]
    [InlineData(529, (HttpStatusCode)529, "overloaded")]
    public async Task What_is_wrong_with_the_account_is_not_the_clients_doing(int status, HttpStatusCode answered, string kind)
    {
        var tenant = await Tenant.ClaudeCcrAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Error(status);
        using var client = tenant.CreateClient(gateway.Server);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");

        using var response = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi"), Cancel);

        response.StatusCode.ShouldBe(answered);
        (await tenant.RequestLogAsync(response.RequestId())).GetProperty("error_kind").GetString().ShouldBe(kind);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "\"finish_reason\":\"stop\"")]
    [InlineData("/v1/messages", "event: message_stop")]
    [InlineData("/v1/responses", "response.completed")]
    public async Task A_stream_that_breaks_ends_in_an_error(string path, string end)
    {
        var tenant = await Tenant.ClaudeCcrAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        var script = ScriptedAnswer.Text("Hel", "lo ", "there");

        await BrokenStreams.EndInAnErrorAsync(
            tenant, client, path, Model, end, firstText: 4, script.CutAfterEvent(5), script.ErrorAfterEvent(5, 529), script.EndAfterEvent(5));
    }

    [Fact]
    public async Task An_account_can_be_tested()
    {
        var tenant = await Tenant.ClaudeCcrAsync(gateway.Admin, simulator.Server);

        var result = await gateway.Admin.PostDataAsync($"/api/admin/accounts/{tenant.AccountId}/test", new { });

        result.GetProperty("ok").GetBoolean().ShouldBeTrue(result.GetRawText());
        tenant.Upstream.Requests.Single().Header("anthropic-beta").ShouldBe("oauth-2025-04-20");
    }
}
