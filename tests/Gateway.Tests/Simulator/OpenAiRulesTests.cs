using System.Net;
using System.Text;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Simulator;

public sealed class OpenAiRulesTests(SharedSimulator simulator)
{
    private const string User = """{"role":"user","content":"Hi"}""";
    private const string Call =
        """{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}""";

    private readonly SimulatedAccount _account = simulator.Server.NewAccount(CredentialPrefix.OpenAi);

    [Theory]
    [InlineData("""{"messages":[]}""", "you must provide a model parameter")]
    [InlineData("""{"model":7,"messages":[]}""", "model")]
    [InlineData("""{"model":"gpt-4o"}""", "messages")]
    [InlineData("""{"model":"gpt-4o","messages":"Hi"}""", "messages")]
    [InlineData("""{"model":"gpt-4o","messages":[]}""", "messages")]
    [InlineData("""{"model":"gpt-4o","model":"gpt-4o-mini","messages":[]}""", "could not parse")]
    [InlineData("""{"model":"gpt-4o",""", "could not parse")]
    [InlineData("""[]""", "must be an object")]
    [InlineData("""{"model":"gpt-4o","messages":[{"role":"user","content":"\ud83d"}]}""", "could not parse")]
    public async Task A_body_of_the_wrong_shape_is_refused(string body, string named) => await ShouldRefuseAsync(body, named);

    [Theory]
    [InlineData("\"stream\":\"true\"", "stream")]
    [InlineData("\"stream_options\":{\"include_usage\":true}", "stream_options")]
    [InlineData("\"n\":0", "n")]
    [InlineData("\"n\":129", "n")]
    [InlineData("\"n\":1.5", "n")]
    [InlineData("\"temperature\":2.1", "temperature")]
    [InlineData("\"temperature\":-0.1", "temperature")]
    [InlineData("\"temperature\":\"1\"", "temperature")]
    [InlineData("\"top_p\":1.1", "top_p")]
    [InlineData("\"max_tokens\":0", "max_tokens")]
    [InlineData("\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", "stop")]
    [InlineData("\"tools\":[]", "tools")]
    [InlineData("\"tool_choice\":\"auto\"", "tool_choice")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a b\"}}]", "tools[0].function.name")]
    [InlineData("\"tools\":[{\"type\":\"web_search\"}]", "tools[0].type")]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}", "messages")]
    [InlineData("\"reasoning_effort\":\"huge\"", "reasoning_effort")]
    public async Task A_setting_out_of_its_range_is_refused_by_name(string setting, string param)
    {
        var error = await ShouldRefuseAsync($$"""{"model":"gpt-4o","messages":[{{User}}],{{setting}}}""", "");

        error.GetProperty("param").GetString().ShouldBe(param);
    }

    [Theory]
    [InlineData("gpt-5", "\"max_tokens\":10", "max_tokens")]
    [InlineData("gpt-5", "\"temperature\":0.5", "temperature")]
    [InlineData("gpt-5", "\"top_p\":0.5", "top_p")]
    [InlineData("gpt-5.4", "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", "reasoning_effort")]
    public async Task A_reasoning_model_refuses_what_it_cannot_do(string model, string setting, string param)
    {
        var error = await ShouldRefuseAsync($$"""{"model":"{{model}}","messages":[{{User}}],{{setting}}}""", "");

        error.GetProperty("param").GetString().ShouldBe(param);
        using var accepted = await PostAsync(
            $$"""{"model":"{{model}}","reasoning_effort":"none","messages":[{{User}}],"max_completion_tokens":10}""");
        accepted.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"role":"robot","content":"Hi"}""", "messages[0].role")]
    [InlineData("""{"content":"Hi"}""", "messages[0].role")]
    [InlineData("""{"role":"user"}""", "messages.[0].content")]
    [InlineData("""{"role":"user","content":null}""", "messages.[0].content")]
    [InlineData("""{"role":"assistant","content":null}""", "messages.[0].content")]
    [InlineData("""{"role":"user","content":[]}""", "messages[0].content")]
    [InlineData("""{"role":"user","content":[{"type":"input_text","text":"Hi"}]}""", "messages[0].content[0].type")]
    [InlineData("""{"role":"system","content":[{"type":"image_url","image_url":{"url":"https://x"}}]}""", "messages[0].content[0].type")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"x.png"}}]}""", "messages[0].content[0].image_url.url")]
    [InlineData("""{"role":"tool","tool_call_id":"a","content":"1"}""", "messages.[0].role")]
    [InlineData(Call, "messages.[1].role")]
    [InlineData(Call + "," + User, "messages.[1].role")]
    [InlineData(Call + """,{"role":"tool","tool_call_id":"b","content":"1"}""", "messages.[1].tool_call_id")]
    [InlineData(Call + """,{"role":"tool","content":"1"}""", "messages[1].tool_call_id")]
    [InlineData(
        """{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":{}}}]}""",
        "messages[0].tool_calls[0].function.arguments")]
    public async Task A_conversation_that_does_not_fit_together_is_refused(string messages, string param)
    {
        var error = await ShouldRefuseAsync($$"""{"model":"gpt-4o","messages":[{{messages}}]}""", "");

        error.GetProperty("param").GetString().ShouldBe(param);
    }

    [Fact]
    public async Task A_conversation_with_answered_calls_and_unknown_members_is_accepted()
    {
        const string answer = """{"role":"tool","tool_call_id":"a","content":[{"type":"text","text":"1"}],"note":1}""";

        using var response = await PostAsync($$"""{"model":"gpt-4o","messages":[{{User}},{{Call}},{{answer}}],"brand_new":[1]}""");

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.TextAsync());
    }

    [Theory]
    [InlineData("cookie", "a=b")]
    [InlineData("x-api-key", "anything")]
    [InlineData("api-key", "anything")]
    [InlineData("x-goog-api-key", "anything")]
    [InlineData("x-forwarded-for", "10.0.0.1")]
    [InlineData("forwarded", "for=10.0.0.1")]
    [InlineData("x-gateway-request", "1")]
    [InlineData("x-other", "before sk-0123456789")]
    public async Task A_header_that_must_not_leave_the_gateway_is_refused(string name, string value)
    {
        using var request = simulator.Server.Request(_account, Upstream.Chat, Upstream.Hello);
        request.Headers.TryAddWithoutValidation(name, value);

        using var response = await Upstream.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.TextAsync()).ShouldContain(name);
    }

    [Fact]
    public async Task A_word_that_holds_the_start_of_a_key_is_no_key()
    {
        using var request = simulator.Server.Request(_account, Upstream.Chat, Upstream.Hello);
        request.Headers.Add("openai-beta", "task-budgets-2026-03-13");

        using var response = await Upstream.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Basic c2stc2ltLWE=")]
    [InlineData("Bearer sk-real-key")]
    public async Task Only_a_known_key_as_bearer_gets_in(string? authorization)
    {
        using var request = simulator.Server.Request(_account, Upstream.Chat, Upstream.Hello);
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await Upstream.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        Error(await response.TextAsync()).GetProperty("type").GetString().ShouldBe("invalid_request_error");
    }

    [Fact]
    public async Task A_body_that_is_not_declared_as_json_is_refused()
    {
        using var request = simulator.Server.Request(_account, Upstream.Chat, Upstream.Hello);
        request.Content = new StringContent(Upstream.Hello, Encoding.UTF8, "text/plain");

        using var response = await Upstream.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("GET", "/v1/chat/completions", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/v1/chat/completion", HttpStatusCode.NotFound)]
    [InlineData("POST", "/chat/completions", HttpStatusCode.NotFound)]
    [InlineData("GET", "/v1/models/gpt-0", HttpStatusCode.NotFound)]
    public async Task A_wrong_path_or_method_is_refused(string method, string path, HttpStatusCode status)
    {
        using var request = simulator.Server.Request(_account, path, Upstream.Hello);
        request.Method = new HttpMethod(method);

        using var response = await Upstream.SendAsync(request);

        response.StatusCode.ShouldBe(status);
        Error(await response.TextAsync()).GetProperty("type").GetString().ShouldBe("invalid_request_error");
    }

    [Theory]
    [InlineData("""{"model":"text-embedding-3-small"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"model":"text-embedding-3-small","input":""}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"model":"text-embedding-3-small","input":[]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"model":"text-embedding-3-small","input":["a",1]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"model":"text-embedding-3-small","input":"a","dimensions":1537}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"model":"text-embedding-3-small","input":"a","encoding_format":"hex"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"model":"gpt-4o","input":"a"}""", HttpStatusCode.Forbidden)]
    [InlineData("""{"model":"gpt-0","input":"a"}""", HttpStatusCode.NotFound)]
    [InlineData("""{"model":"text-embedding-3-small","input":[1,2,3]}""", HttpStatusCode.OK)]
    [InlineData("""{"model":"text-embedding-3-small","input":[[1,2],[3]],"encoding_format":"float"}""", HttpStatusCode.OK)]
    public async Task Embeddings_have_rules_too(string body, HttpStatusCode status)
    {
        using var response = await simulator.Server.PostAsync(_account, "/v1/embeddings", body);

        response.StatusCode.ShouldBe(status, await response.TextAsync());
    }

    private static JsonElement Error(string body) => JsonElement.Parse(body).GetProperty("error");

    private Task<HttpResponseMessage> PostAsync(string body) => simulator.Server.PostAsync(_account, Upstream.Chat, body);

    private async Task<JsonElement> ShouldRefuseAsync(string body, string message)
    {
        using var response = await PostAsync(body);
        var text = await response.TextAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, text);
        var error = Error(text);
        error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
        error.GetProperty("message").GetString()!.ShouldContain(message);
        _account.Refusals.Count.ShouldBe(1);
        return error;
    }
}
