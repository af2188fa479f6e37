using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Clients of Google's format, at accounts of their own and of other platforms.</summary>
public sealed class GeminiClientTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string Hello = """{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> ModelOfEachPlatform => new()
    {
        { "gemini", "gemini-2.5-flash" },
        { "claude", "claude-sonnet-4-5" },
        { "openai", "gpt-4o-mini" },
    };

    [Fact]
    public async Task A_request_reaches_a_Gemini_account_byte_for_byte_and_without_the_gateways_key()
    {
        var tenant = await TenantAsync("gemini");
        const string Body = """{ "contents" : [ {"parts":[{"text":"Caf\u00e9 \u2615"}]} ],"generationConfig":{"temperature":1.0,"maxOutputTokens":7} }""";
        using var client = gateway.Server.CreateClient();

        using var response = await client.PostAsync($"/v1beta/models/gemini-2.5-flash:generateContent?key={tenant.Key}&prettyPrint=false", Json(Body), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancel));
        var request = tenant.Upstream.Requests.Single();
        request.Path.ShouldBe("/v1beta/models/gemini-2.5-flash:generateContent");
        Encoding.UTF8.GetString(request.Body.Span).ShouldBe(Body);
        request.Query.ShouldNotContain(tenant.Key);
        var record = await tenant.UsageRecordAsync();
        record.GetProperty("client_format").GetString().ShouldBe("gemini");
        record.GetProperty("endpoint").GetString().ShouldBe("/v1beta/models/{model}:generateContent");
        record.GetProperty("model").GetString().ShouldBe("gemini-2.5-flash");
    }

    [Theory]
    [MemberData(nameof(ModelOfEachPlatform))]
    public async Task The_same_answer_comes_whole_as_events_and_as_an_array(string platform, string model)
    {
        var tenant = await TenantAsync(platform);
        using var client = Client(tenant);

        using var whole = await client.PostAsync($"/v1beta/models/{model}:generateContent", Json(Hello), Cancel);
        using var events = await client.PostAsync($"/v1/models/{model}:streamGenerateContent?alt=sse", Json(Hello), Cancel);
        using var array = await client.PostAsync($"/v1beta/models/{model}:streamGenerateContent", Json(Hello), Cancel);

        tenant.Upstream.Refusals.ShouldBeEmpty();
        Text(await NodeAsync(whole)).ShouldBe("You said: Hello");
        events.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var chunks = (await events.Content.ReadAsStringAsync(Cancel)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(block => JsonNode.Parse(block["data: ".Length..])!).ToList();
        string.Concat(chunks.Select(Text)).ShouldBe("You said: Hello");
        chunks[^1]["candidates"]![0]!["finishReason"]!.GetValue<string>().ShouldBe("STOP");
        chunks[^1]["usageMetadata"]!["promptTokenCount"]!.GetValue<int>().ShouldBe(1);
        array.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        string.Concat((await NodeAsync(array)).AsArray().Select(chunk => Text(chunk!))).ShouldBe("You said: Hello");
    }

    [Theory]
    [MemberData(nameof(ModelOfEachPlatform))]
    public async Task A_tool_is_called_and_answered(string platform, string model)
    {
        var tenant = await TenantAsync(platform);
        tenant.Upstream.Enqueue(ScriptedAnswer.ToolCall("look", "{\"at\":", "\"sky\"}"));
        using var client = Client(tenant);
        var body = JsonNode.Parse("""
            {"contents":[{"role":"user","parts":[{"text":"Look up"}]}],
             "tools":[{"functionDeclarations":[{"name":"look","description":"Looks","parameters":{"type":"OBJECT","properties":{"at":{"type":"STRING"}},"required":["at"]}}]}],
             "toolConfig":{"functionCallingConfig":{"mode":"AUTO"}}}
            """)!;

        using var first = await client.PostAsJsonAsync($"/v1beta/models/{model}:generateContent", body, Cancel);
        var content = (await NodeAsync(first))["candidates"]![0]!["content"]!;
        body["contents"]!.AsArray().Add(content.DeepClone());
        body["contents"]!.AsArray().Add(JsonNode.Parse("""{"role":"user","parts":[{"functionResponse":{"name":"look","response":{"output":"blue"}}}]}"""));
        using var second = await client.PostAsJsonAsync($"/v1beta/models/{model}:generateContent", body, Cancel);

        content["parts"]![0]!["functionCall"]!["name"]!.GetValue<string>().ShouldBe("look");
        content["parts"]![0]!["functionCall"]!["args"]!.ToJsonString().ShouldBe("{\"at\":\"sky\"}");
        second.StatusCode.ShouldBe(HttpStatusCode.OK, await second.Content.ReadAsStringAsync(Cancel));
        tenant.Upstream.Refusals.ShouldBeEmpty();
        Text(await NodeAsync(second)).ShouldBe("The tool said: blue");
    }

    [Theory]
    [MemberData(nameof(ModelOfEachPlatform))]
    public async Task A_stream_that_breaks_ends_in_an_error_and_a_broken_connection(string platform, string model)
    {
        var tenant = await TenantAsync(platform);
        using var client = Client(tenant);
        var firstText = platform == "gemini" ? 1 : 3; // Others open the message and the block first.
        foreach (var alt in (string[])["?alt=sse", ""])
        {
            var gate = new Gate();
            tenant.Upstream.Enqueue(ScriptedAnswer.Text("Hel", "lo ", "there").CutAfterEvent(firstText + 1).HoldAfterEvent(firstText, gate));

            using var response = await client.PostStreamAsync($"/v1beta/models/{model}:streamGenerateContent{alt}", JsonNode.Parse(Hello)!, Cancel);
            gate.Open();
            using var received = new MemoryStream();
            await Should.ThrowAsync<HttpIOException>(async () => await (await response.Content.ReadAsStreamAsync(Cancel)).CopyToAsync(received, Cancel));

            var text = Encoding.UTF8.GetString(received.ToArray());
            text.ShouldContain("Hel");
            text.ShouldContain("\"error\":{\"code\":502");
            text.ShouldNotContain("finishReason");
        }
    }

    [Fact]
    public async Task Errors_are_Googles_and_those_of_an_array_stand_in_one()
    {
        var tenant = await TenantAsync("gemini");
        using var client = Client(tenant);

        using var unknown = await client.PostAsync("/v1beta/models/no-such-model:generateContent", Json(Hello), Cancel);
        using var malformed = await client.PostAsync("/v1beta/models/gemini-2.5-flash:generateContent", Json("{\"contents\":\"hi\"}"), Cancel);
        using var array = await client.PostAsync("/v1beta/models/gemini-2.5-flash:streamGenerateContent", Json("{}"), Cancel);
        using var method = await client.PostAsync("/v1beta/models/gemini-2.5-flash:predict", Json(Hello), Cancel);
        using var nobody = await gateway.Server.CreateClient().PostAsync("/v1beta/models/gemini-2.5-flash:generateContent?key=AIza-other", Json(Hello), Cancel);

        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await NodeAsync(unknown))["error"]!["status"]!.GetValue<string>().ShouldBe("NOT_FOUND");
        malformed.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await NodeAsync(malformed))["error"]!["details"]![0]!["fieldViolations"]![0]!["field"]!.GetValue<string>().ShouldBe("contents");
        array.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await NodeAsync(array))[0]!["error"]!["status"]!.GetValue<string>().ShouldBe("INVALID_ARGUMENT");
        method.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await NodeAsync(method))["error"]!["status"]!.GetValue<string>().ShouldBe("NOT_FOUND");
        nobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await NodeAsync(nobody))["error"]!["status"]!.GetValue<string>().ShouldBe("UNAUTHENTICATED");
    }

    [Fact]
    public async Task A_model_whose_name_has_a_slash_is_found_raw_and_encoded()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { models = new[] { "team/own:model" }, model_mapping = new Dictionary<string, string> { ["team/own:model"] = "gpt-4o-mini" } });
        using var client = Client(tenant);

        using var raw = await client.PostAsync("/v1beta/models/team/own:model:generateContent", Json(Hello), Cancel);
        using var encoded = await client.PostAsync("/v1/models/team%2Fown:model:generateContent", Json(Hello), Cancel);

        Text(await NodeAsync(raw)).ShouldBe("You said: Hello");
        Text(await NodeAsync(encoded)).ShouldBe("You said: Hello");
        (await NodeAsync(raw))["modelVersion"]!.GetValue<string>().ShouldBe("team/own:model");
    }

    [Fact]
    public async Task The_models_list_has_Googles_form_and_pages()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { models = new[] { "a-one", "b-two", "c-three" } });
        using var client = Client(tenant);

        var first = await NodeAsync(await client.GetAsync("/v1/models?pageSize=2", Cancel));
        var second = await NodeAsync(await client.GetAsync($"/v1beta/models?pageSize=2&pageToken={first["nextPageToken"]!.GetValue<string>()}", Cancel));
        var one = await NodeAsync(await client.GetAsync("/v1beta/models/b-two", Cancel));

        first["models"]!.AsArray().Select(model => model!["name"]!.GetValue<string>()).ShouldBe(["models/a-one", "models/b-two"]);
        second["models"]!.AsArray().Select(model => model!["name"]!.GetValue<string>()).ShouldBe(["models/c-three"]);
        second["nextPageToken"].ShouldBeNull();
        one["supportedGenerationMethods"]!.AsArray().Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_makes_vectors_is_listed_as_what_makes_vectors()
    {
        var mine = $"vectors-{Guid.NewGuid():N}"; // Everybody sees an alias who can reach its model.
        var alias = $"alias-of-{mine}";
        await gateway.Admin.PutDataAsync($"/api/admin/model-aliases/{alias}", new { models = new[] { mine } });
        var tenant = await Tenant.OpenAiAsync(
            gateway.Admin, simulator.Server, account: new { models = new[] { "gpt-4o-mini", mine }, model_mapping = new Dictionary<string, string> { [mine] = "text-embedding-3-small" } });
        using var client = Client(tenant);

        var models = (await NodeAsync(await client.GetAsync("/v1beta/models", Cancel)))["models"]!.AsArray();

        Methods("gpt-4o-mini").ShouldBe(["generateContent", "streamGenerateContent", "countTokens"]);
        Methods(mine).ShouldBe(["embedContent", "batchEmbedContents", "countTokens"]);
        Methods(alias).ShouldBe(["embedContent", "batchEmbedContents", "countTokens"]);

        IEnumerable<string> Methods(string name) => models.Single(model => model!["name"]!.GetValue<string>() == $"models/{name}")!["supportedGenerationMethods"]!.AsArray().Select(method => method!.GetValue<string>());
    }

    [Theory]
    [InlineData("generateContent")]
    [InlineData("streamGenerateContent?alt=sse")]
    public async Task Two_candidates_of_an_OpenAI_model_are_answered_and_metered(string method)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        const string Usage = "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":9,\"total_tokens\":12}";
        tenant.Upstream.Enqueue(method == "generateContent"
            ? ScriptedAnswer.Verbatim($$"""{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"one"},"finish_reason":"stop"},{"index":1,"message":{"role":"assistant","content":"two"},"finish_reason":"stop"}],{{Usage}}}""")
            : ScriptedAnswer.Sse(string.Concat(
                new string[]
                {
                    """{"id":"c","choices":[{"index":1,"delta":{"content":"two"},"finish_reason":"stop"}]}""", """{"id":"c","choices":[{"index":0,"delta":{"content":"one"},"finish_reason":"stop"}]}""",
                    $$"""{"id":"c","choices":[],{{Usage}}}""", "[DONE]",
                }.Select(data => $"data: {data}\n\n"))));
        using var client = Client(tenant);

        using var response = await client.PostAsync($"/v1beta/models/gpt-4o-mini:{method}", Json("""{"contents":[{"parts":[{"text":"hi"}]}],"generationConfig":{"candidateCount":2}}"""), Cancel);

        var body = await response.Content.ReadAsStringAsync(Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        body.ShouldContain("\"text\":\"one\"");
        body.ShouldContain("\"text\":\"two\"");
        body.ShouldContain("\"index\":1");
        tenant.Upstream.Requests.Single().Json.GetProperty("n").GetInt64().ShouldBe(2);
        var record = await tenant.UsageRecordAsync();
        record.GetProperty("output_tokens").GetInt64().ShouldBe(9);
        record.GetProperty("usage_source").GetString().ShouldBe("reported");
    }

    [Fact]
    public async Task A_tuned_model_is_asked_for_by_its_whole_name()
    {
        var tenant = await Tenant.OfAsync("gemini", gateway.Admin, simulator.Server, account: new { models = new[] { "tunedModels/my-own" } });
        tenant.Upstream.Models = new HashSet<string> { "tunedModels/my-own" };
        using var client = Client(tenant);

        using var whole = await client.PostAsync("/v1beta/tunedModels/my-own:generateContent", Json(Hello), Cancel);
        using var stream = await client.PostAsync("/v1/tunedModels/my-own:streamGenerateContent?alt=sse", Json(Hello), Cancel);
        using var other = await client.PostAsync("/v1beta/otherModels/my-own:generateContent", Json(Hello), Cancel);
        using var got = await client.GetAsync("/v1beta/tunedModels/my-own", Cancel);
        var listed = await NodeAsync(await client.GetAsync("/v1beta/models", Cancel));

        whole.StatusCode.ShouldBe(HttpStatusCode.OK);
        stream.StatusCode.ShouldBe(HttpStatusCode.OK);
        other.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await NodeAsync(got))["name"]!.GetValue<string>().ShouldBe("tunedModels/my-own");
        listed["models"]!.AsArray().Select(model => model!["name"]!.GetValue<string>()).ShouldBe(["tunedModels/my-own"]);
        tenant.Upstream.Requests.Select(request => request.Path).ShouldBe(["/v1beta/tunedModels/my-own:generateContent", "/v1beta/tunedModels/my-own:streamGenerateContent"]);
    }

    private static async Task<JsonNode> NodeAsync(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;

    private static string Text(JsonNode answer) =>
        string.Concat(answer["candidates"]![0]!["content"]?["parts"]?.AsArray().Select(part => part!["text"]?.GetValue<string>()) ?? []);

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static HttpClient Client(Tenant tenant, HttpClient client)
    {
        client.DefaultRequestHeaders.Add("x-goog-api-key", tenant.Key);
        return client;
    }

    private HttpClient Client(Tenant tenant) => Client(tenant, gateway.Server.CreateClient());

    private Task<Tenant> TenantAsync(string platform) => Tenant.OfAsync(platform, gateway.Admin, simulator.Server);
}
