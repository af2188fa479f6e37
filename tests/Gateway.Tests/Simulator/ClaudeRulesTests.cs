using System.Net;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Simulator;

public sealed class ClaudeRulesTests(SharedSimulator simulator)
{
    private const string User = """{"role":"user","content":"Hi"}""";
    private const string Call = """{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]}""";
    private const string Result = """{"type":"tool_result","tool_use_id":"a","content":"1"}""";

    private readonly SimulatedAccount _account = simulator.Server.NewAccount(CredentialPrefix.Claude);

    [Theory]
    [InlineData("""{"max_tokens":9,"messages":[]}""", "model: Field required")]
    [InlineData("""{"model":1,"max_tokens":9,"messages":[]}""", "model: Input should be a valid string")]
    [InlineData("""{"model":"claude-sonnet-4-5","max_tokens":9}""", "messages: Field required")]
    [InlineData("""{"model":"claude-sonnet-4-5","max_tokens":9,"messages":"Hi"}""", "messages: Input should be a valid list")]
    [InlineData("""{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[]}""", "messages: at least one message is required")]
    [InlineData("""{"model":"claude-sonnet-4-5","messages":[]}""", "max_tokens: Field required")]
    [InlineData("""{"model":"claude-sonnet-4-5","max_tokens":null,"messages":[]}""", "max_tokens: Input should be a valid integer")]
    [InlineData("""{"model":"claude-sonnet-4-5","max_tokens":"9","messages":[]}""", "max_tokens: Input should be a valid integer")]
    [InlineData("""{"model":"claude-sonnet-4-5","max_tokens":-1,"messages":[]}""", "max_tokens:")]
    [InlineData("""{"model":"claude-sonnet-4-5","max_tokens":64001,"messages":[]}""", "max_tokens: 64001 > 64000")]
    [InlineData("""{"model":"claude-sonnet-4-5","max_tokens":1,"max_tokens":2,"messages":[]}""", "not valid JSON")]
    [InlineData("""{"model":""", "not valid JSON")]
    public async Task A_body_of_the_wrong_shape_is_refused(string body, string message) => await ShouldRefuseAsync(body, message);

    [Theory]
    [InlineData("\"stream\":1", "stream: ")]
    [InlineData("\"temperature\":1.1", "temperature: ")]
    [InlineData("\"temperature\":0.5,\"top_p\":0.5", "temperature")]
    [InlineData("\"top_k\":-1", "top_k: ")]
    [InlineData("\"stop_sequences\":[\" \"]", "stop_sequences: ")]
    [InlineData("\"stop_sequences\":\"a\"", "stop_sequences: ")]
    [InlineData("\"system\":7", "system: ")]
    [InlineData("\"system\":[{\"type\":\"text\",\"text\":\"\"}]", "text content blocks must be non-empty")]
    [InlineData("\"tools\":[{\"name\":\"f\"}]", "tools.0.custom.input_schema: Field required")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{}}]", "tools.0.custom.input_schema.type")]
    [InlineData("\"tools\":[{\"name\":\"a b\",\"input_schema\":{\"type\":\"object\"}}]", "tools.0.custom.name")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{}}]", "tools.0: Input tag 'function'")]
    [InlineData("\"tool_choice\":{\"type\":\"auto\"}", "tool_choice")]
    [InlineData("\"tool_choice\":\"auto\"", "tool_choice: ")]
    [InlineData("\"thinking\":{\"type\":\"enabled\"}", "thinking.enabled.budget_tokens: Field required")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":10}", "greater than or equal to 1024")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":4000}", "must be greater than")]
    [InlineData("\"thinking\":{\"type\":\"adaptive\"}", "thinking.type")]
    public async Task A_setting_out_of_its_range_is_refused_by_name(string setting, string message) =>
        await ShouldRefuseAsync($$"""{"model":"claude-sonnet-4-5","max_tokens":4000,"messages":[{{User}}],{{setting}}}""", message);

    [Theory]
    [InlineData("\"temperature\":0.5", "temperature: ")]
    [InlineData("\"top_p\":0.5", "top_p: ")]
    [InlineData("\"thinking\":{\"type\":\"disabled\"}", "thinking.type")]
    [InlineData("\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}", "thinking.type")]
    [InlineData("\"tools\":[{\"name\":\"f\",\"input_schema\":{\"type\":\"object\"}}],\"tool_choice\":{\"type\":\"any\"}", "tool_choice")]
    public async Task A_newer_model_refuses_what_it_no_longer_takes(string setting, string message) =>
        await ShouldRefuseAsync($$"""{"model":"claude-opus-5-5","max_tokens":4000,"messages":[{{User}}],{{setting}}}""", message);

    [Theory]
    [InlineData("""{"role":"assistant","content":"Hi"},""" + User, "first message must use the \"user\" role")]
    [InlineData("""{"role":"tool","content":"Hi"}""", "Unexpected role \"tool\"")]
    [InlineData("""{"role":"system","content":"Hi"},""" + User, "Unexpected role \"system\"")]
    [InlineData("""{"role":"user"}""", "messages.0.content: Field required")]
    [InlineData("""{"role":"user","content":""}""", "messages.0: all messages must have non-empty content")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":""}]}""", "text content blocks must be non-empty")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{}}]}""", "messages.0.content.0: Input tag 'image_url'")]
    [InlineData(
        """{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"?"}}]}""",
        "invalid base64")]
    [InlineData("""{"role":"user","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]}""", "not allowed in `user` messages")]
    [InlineData(User + "," + """{"role":"assistant","content":[{"type":"tool_use","id":"a.b","name":"f","input":{}}]}""", "tool_use.id")]
    [InlineData(User + "," + """{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":"{}"}]}""", "dictionary")]
    [InlineData(User + "," + """{"role":"assistant","content":[{"type":"thinking","thinking":"x"}]},""" + User, "signature: Field")]
    [InlineData(User + "," + Call, "messages.1: `tool_use` ids were found without `tool_result` blocks")]
    [InlineData(User + "," + Call + "," + User, "messages.1: `tool_use` ids were found without `tool_result` blocks")]
    [InlineData(
        User + "," + Call + """,{"role":"user","content":[{"type":"text","text":"First this"},""" + Result + "]}",
        "messages.1: `tool_use` ids were found without `tool_result` blocks")]
    [InlineData("""{"role":"user","content":[""" + Result + "]}", "messages.0.content.0: unexpected `tool_use_id`")]
    [InlineData(
        User + "," + Call + """,{"role":"user","content":[""" + Result + "," + Result + "]}",
        "messages.2.content.1: unexpected `tool_use_id`")]
    [InlineData(User + "," + """{"role":"assistant","content":"So "}""", "trailing whitespace")]
    public async Task A_conversation_that_does_not_fit_together_is_refused(string messages, string message) =>
        await ShouldRefuseAsync($$"""{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{{messages}}]}""", message);

    [Fact]
    public async Task Prefill_is_an_older_models_ability()
    {
        const string messages = User + "," + """{"role":"assistant","content":"So"}""";

        using var older = await PostAsync($$"""{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{{messages}}]}""");

        older.StatusCode.ShouldBe(HttpStatusCode.OK);
        await ShouldRefuseAsync($$"""{"model":"claude-sonnet-4-6","max_tokens":9,"messages":[{{messages}}]}""", "prefill");
    }

    [Fact]
    public async Task A_conversation_with_answered_calls_and_unknown_members_is_accepted()
    {
        const string results = """{"role":"user","content":[""" + Result + """,{"type":"text","text":"And?"}]}""";

        using var response = await PostAsync(
            $$"""{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{{User}},{{User}},{{Call}},{{results}}],"brand_new":[1]}""");

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.TextAsync());
    }

    [Fact]
    public async Task An_unknown_model_is_not_found()
    {
        using var response = await PostAsync($$"""{"model":"claude-0","max_tokens":9,"messages":[{{User}}]}""");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Error(await response.TextAsync()).ShouldBe(("not_found_error", "model: claude-0"));
    }

    [Fact]
    public async Task Five_cache_breakpoints_are_one_too_many()
    {
        var blocks = string.Join(",", Enumerable.Repeat("""{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}""", 5));

        await ShouldRefuseAsync(
            $$"""{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{"role":"user","content":[{{blocks}}]}]}""", "Found 5");
    }

    [Fact]
    public async Task Counting_tokens_takes_no_limit()
    {
        using var counted = await simulator.Server.PostAsync(
            _account, "/v1/messages/count_tokens", $$"""{"model":"claude-sonnet-4-5","messages":[{{User}}]}""");
        using var refused = await simulator.Server.PostAsync(
            _account, "/v1/messages/count_tokens", $$"""{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{{User}}]}""");

        (await counted.TextAsync()).ShouldBe("""{"input_tokens":1}""");
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("x-api-key: sk-ant-sim-a", "anthropic-version: 2023-06-01", 200)]
    [InlineData("x-api-key: sk-ant-sim-a", "", 400)]
    [InlineData("x-api-key: sk-ant-sim-a", "anthropic-version: 2020-01-01", 400)]
    [InlineData("x-api-key: sk-ant-real", "anthropic-version: 2023-06-01", 401)]
    [InlineData("x-api-key: sim-oauth-a", "anthropic-version: 2023-06-01", 401)]
    [InlineData("", "anthropic-version: 2023-06-01", 401)]
    [InlineData("x-api-key: sk-ant-sim-a|authorization: Bearer sk-ant-sim-a", "anthropic-version: 2023-06-01", 401)]
    [InlineData("authorization: Bearer sim-oauth-a|anthropic-beta: other,oauth-2025-04-20", "anthropic-version: 2023-06-01", 200)]
    [InlineData("authorization: Bearer sim-oauth-a", "anthropic-version: 2023-06-01", 401)]
    [InlineData("authorization: Bearer sk-ant-sim-a", "anthropic-version: 2023-06-01", 401)]
    [InlineData("authorization: Bearer sk-ant-sim-a", "anthropic-version: 2026-10-21", 200)]
    [InlineData("x-api-key: sk-ant-sim-a|x-goog-api-key: b", "anthropic-version: 2023-06-01", 400)]
    [InlineData("x-api-key: sk-ant-sim-a|cookie: b", "anthropic-version: 2023-06-01", 400)]
    public async Task A_key_or_a_token_gets_in_and_never_both(string credentials, string version, int status)
    {
        using var request = simulator.Server.Request(_account, Upstream.Messages, Upstream.ClaudeHello);
        request.Headers.Clear();
        foreach (var header in credentials.Split('|').Append(version).Where(header => header.Length > 0))
        {
            var parts = header.Split(": ");
            request.Headers.TryAddWithoutValidation(parts[0], parts[1]);
        }

        using var response = await Upstream.SendAsync(request);

        ((int)response.StatusCode).ShouldBe(status, await response.TextAsync());
    }

    [Fact]
    public async Task Subscription_limits_are_sent_to_tokens_and_key_limits_to_keys()
    {
        using var withKey = await PostAsync(Upstream.ClaudeHello);
        using var request = simulator.Server.Request(_account, Upstream.Messages, Upstream.ClaudeHello);
        request.Headers.Remove("x-api-key");
        request.Headers.Add("authorization", "Bearer " + simulator.Server.NewAccount(CredentialPrefix.ClaudeOAuth).Credential);
        request.Headers.Add("anthropic-beta", "oauth-2025-04-20");
        using var withToken = await Upstream.SendAsync(request);

        withKey.Headers.Contains("anthropic-ratelimit-requests-remaining").ShouldBeTrue();
        withToken.Headers.Contains("anthropic-ratelimit-requests-remaining").ShouldBeFalse();
        withToken.Headers.GetValues("anthropic-ratelimit-unified-status").ShouldBe(["allowed"]);
    }

    private static (string? Type, string? Message) Error(string body)
    {
        var error = JsonElement.Parse(body).GetProperty("error");
        return (error.GetProperty("type").GetString(), error.GetProperty("message").GetString());
    }

    private Task<HttpResponseMessage> PostAsync(string body) => simulator.Server.PostAsync(_account, Upstream.Messages, body);

    private async Task ShouldRefuseAsync(string body, string message)
    {
        using var response = await PostAsync(body);
        var text = await response.TextAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, text);
        Error(text).Type.ShouldBe("invalid_request_error");
        Error(text).Message!.ShouldContain(message);
        _account.Refusals.Count.ShouldBe(1);
    }
}
