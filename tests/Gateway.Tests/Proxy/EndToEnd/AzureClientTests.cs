using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Tests.Support;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Clients that call where Azure's do, whatever the account's platform.</summary>
public sealed class AzureClientTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> ModelOfEachPlatform => GeminiClientTests.ModelOfEachPlatform;

    [Theory]
    [MemberData(nameof(ModelOfEachPlatform))]
    public async Task The_deployment_in_the_address_is_the_model_whatever_the_body_says(string platform, string model)
    {
        var tenant = await Tenant.OfAsync(platform, gateway.Admin, simulator.Server);
        using var client = Client(tenant);

        using var without = await client.PostAsJsonAsync($"/openai/deployments/{model}/chat/completions?api-version=2024-10-21", Body(null), Cancel);
        using var other = await client.PostAsJsonAsync($"/openai/deployments/{model}/chat/completions?api-version=2024-10-21", Body("another"), Cancel);
        using var newest = await client.PostAsJsonAsync("/openai/v1/chat/completions?api-version=preview", Body(model), Cancel);

        foreach (var response in (HttpResponseMessage[])[without, other, newest])
        {
            response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancel));
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("You said: hi");
        }

        tenant.Upstream.Refusals.ShouldBeEmpty();
        tenant.Upstream.Requests.ShouldAllBe(request => !request.Query.Contains("api-version"));
    }

    [Theory]
    [InlineData("team/own")]
    [InlineData("team%2Fown")]
    public async Task A_deployment_whose_name_has_a_slash_is_found_raw_and_encoded(string deployment)
    {
        var account = new { models = new[] { "team/own", "team/vectors" }, model_mapping = new Dictionary<string, string> { ["team/own"] = "gpt-4o-mini", ["team/vectors"] = "text-embedding-3-small" } };
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: account);
        using var client = Client(tenant);

        using var answer = await client.PostAsJsonAsync($"/openai/deployments/{deployment}/chat/completions?api-version=2024-10-21", Body(null), Cancel);
        using var vector = await client.PostAsJsonAsync($"/openai/deployments/{deployment.Replace("own", "vectors", StringComparison.Ordinal)}/embeddings?api-version=2024-10-21", new { input = "hi" }, Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Cancel));
        vector.StatusCode.ShouldBe(HttpStatusCode.OK, await vector.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task A_streamed_request_without_a_model_in_its_body_is_metered()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = Client(tenant);

        using var response = await client.PostAsJsonAsync("/openai/deployments/gpt-4o-mini/chat/completions?api-version=2024-10-21", new { stream = true, messages = new[] { new { role = "user", content = "hi" } } }, Cancel);

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldEndWith("data: [DONE]\n\n");
        var sent = tenant.Upstream.Requests.Single().Json;
        sent.GetProperty("model").GetString().ShouldBe("gpt-4o-mini");
        sent.GetProperty("stream_options").GetProperty("include_usage").GetBoolean().ShouldBeTrue();
        (await tenant.UsageRecordAsync()).GetProperty("usage_source").GetString().ShouldBe("reported");
    }

    [Fact]
    public async Task Responses_embeddings_and_models_are_where_Azure_has_them()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { models = new[] { "gpt-4o-mini", "text-embedding-3-small" } });
        using var client = Client(tenant);

        using var answer = await client.PostAsJsonAsync("/openai/v1/responses", new { model = "gpt-4o-mini", input = "hi" }, Cancel);
        using var vector = await client.PostAsJsonAsync("/openai/deployments/text-embedding-3-small/embeddings?api-version=2024-10-21", new { input = "hi" }, Cancel);
        var models = await client.GetFromJsonAsync<JsonElement>("/openai/v1/models", Cancel);
        var model = await client.GetFromJsonAsync<JsonElement>("/openai/v1/models/gpt-4o-mini", Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        vector.StatusCode.ShouldBe(HttpStatusCode.OK);
        models.GetProperty("data").GetArrayLength().ShouldBe(2);
        model.GetProperty("id").GetString().ShouldBe("gpt-4o-mini");
    }

    private static JsonObject Body(string? model)
    {
        var body = new JsonObject { ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hi" }) };
        if (model is not null)
        {
            body["model"] = model;
        }

        return body;
    }

    private HttpClient Client(Tenant tenant)
    {
        var client = gateway.Server.CreateClient();
        client.DefaultRequestHeaders.Add("api-key", tenant.Key);
        return client;
    }
}
