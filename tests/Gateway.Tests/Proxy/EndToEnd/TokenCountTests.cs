using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Counts of tokens by clients of each format at accounts of each platform.</summary>
public sealed class TokenCountTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> ModelOfEachPlatform => GeminiClientTests.ModelOfEachPlatform;

    [Theory]
    [MemberData(nameof(ModelOfEachPlatform))]
    public async Task A_Claude_client_gets_the_platforms_own_count(string platform, string model)
    {
        var tenant = await TenantAsync(platform);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/messages/count_tokens", Node($$$"""
            {"model":"{{{model}}}","system":"Be brief","tools":[{"name":"f","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"one two three"}]}
            """), Cancel);

        tenant.Upstream.Refusals.ShouldBeEmpty();
        response.Headers.Contains("x-gateway-estimated").ShouldBeFalse();
        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("input_tokens").GetInt64().ShouldBe(5);
    }

    [Theory]
    [MemberData(nameof(ModelOfEachPlatform))]
    public async Task A_Gemini_client_gets_the_platforms_own_count_in_both_forms(string platform, string model)
    {
        var tenant = await TenantAsync(platform);
        using var client = gateway.Server.CreateClient();
        client.DefaultRequestHeaders.Add("x-goog-api-key", tenant.Key);

        using var plain = await client.PostAsJsonAsync($"/v1beta/models/{model}:countTokens", Node("""{"contents":[{"parts":[{"text":"one two three"}]}]}"""), Cancel);
        using var whole = await client.PostAsJsonAsync($"/v1beta/models/{model}:countTokens", Node($$"""
            {"generateContentRequest":{"model":"models/{{model}}","systemInstruction":{"parts":[{"text":"Be brief"}]},"contents":[{"role":"user","parts":[{"text":"one two three"}]}]} }
            """), Cancel);

        tenant.Upstream.Refusals.ShouldBeEmpty();
        (await plain.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("totalTokens").GetInt64().ShouldBe(3);
        (await whole.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("totalTokens").GetInt64().ShouldBe(5);
    }

    [Fact]
    public async Task A_platform_that_does_not_answer_leaves_an_estimate()
    {
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        await admin.PutDataAsync("/api/admin/configs/proxy.headers_seconds", new { value = 1 });
        var tenant = await Tenant.ClaudeAsync(admin, simulator.Server);
        tenant.Upstream.Enqueue(new ScriptedAnswer().StallBeforeHeaders().For("/v1/messages/count_tokens"));
        using var client = tenant.CreateClient(server);

        using var response = await client.PostAsJsonAsync("/v1/messages/count_tokens", Node("""{"model":"claude-sonnet-4-5","messages":[{"role":"user","content":"one two three"}]}"""), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancel));
        response.Headers.GetValues("x-gateway-estimated").ShouldBe(["true"]);
    }

    [Fact]
    public async Task What_no_platform_counts_is_estimated_and_says_so()
    {
        var chatOnly = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { options = new { chat_upstream = "chat" } });
        var failing = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        failing.Upstream.Enqueue(ScriptedAnswer.Error(529).For("/v1/messages/count_tokens"), ScriptedAnswer.Error(529).For("/v1/messages/count_tokens"));
        foreach (var (tenant, model) in new[] { (chatOnly, "gpt-4o-mini"), (failing, "claude-sonnet-4-5") })
        {
            using var client = tenant.CreateClient(gateway.Server);

            using var response = await client.PostAsJsonAsync("/v1/messages/count_tokens", Node($$"""
                {"model":"{{model}}","messages":[{"role":"user","content":"The quick brown fox jumps over the lazy dog."}]}
                """), Cancel);

            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            response.Headers.GetValues("x-gateway-estimated").ShouldBe(["true"]);

            // Ten tokens of o200k_base, the role, and what a message takes.
            (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("input_tokens").GetInt64().ShouldBeInRange(14, 17);
        }
    }

    [Fact]
    public async Task A_count_for_an_unknown_model_is_refused_and_no_count_is_billed()
    {
        var tenant = await TenantAsync("gemini");
        using var client = tenant.CreateClient(gateway.Server);

        using var unknown = await client.PostAsJsonAsync("/v1/messages/count_tokens", Node("""{"model":"nobodys","messages":[{"role":"user","content":"hi"}]}"""), Cancel);
        using var counted = await client.PostAsJsonAsync("/v1/messages/count_tokens", Node("""{"model":"gemini-2.5-flash","messages":[{"role":"user","content":"hi"}]}"""), Cancel);
        using var answered = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", model: "gemini-2.5-flash"), Cancel);

        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await tenant.UsageRecordAsync(answered.RequestId())).GetProperty("status").GetString().ShouldBe("completed");
        var records = await gateway.Admin.GetDataAsync($"/api/admin/usage/records?api_key_id={tenant.ApiKeyId}");
        records.GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    private static JsonNode Node(string json) => JsonNode.Parse(json)!;

    private Task<Tenant> TenantAsync(string platform) => Tenant.OfAsync(platform, gateway.Admin, simulator.Server);
}
