using System.ClientModel;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Tests.Support;
using OpenAI;
using OpenAI.Embeddings;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

public sealed class EmbeddingTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string GeminiModel = "gemini-embedding-001";
    private const string OpenAiModel = "text-embedding-3-small";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_OpenAI_client_gets_its_own_platforms_vectors_and_pays_for_the_tokens()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);

        var vectors = (await Client(tenant, OpenAiModel).GenerateEmbeddingsAsync(["one two", "three"], cancellationToken: Cancel)).Value;

        vectors.Count.ShouldBe(2);
        vectors[0].ToFloats().Length.ShouldBe(1536);
        tenant.Upstream.Requests.Single().Json.GetProperty("encoding_format").GetString().ShouldBe("base64");
        var record = await tenant.UsageRecordAsync();
        record.GetProperty("input_tokens").GetInt64().ShouldBe(3);
        record.GetProperty("usage_source").GetString().ShouldBe("reported");
        record.GetProperty("endpoint").GetString().ShouldBe("/v1/embeddings");
    }

    [Fact]
    public async Task An_encoding_that_nobody_knows_is_refused()
    {
        var tenant = await Tenant.GeminiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/embeddings", new { model = GeminiModel, input = "a", encoding_format = "zzz" }, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetProperty("param").GetString().ShouldBe("encoding_format");
        tenant.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_OpenAI_client_gets_vectors_of_length_one_from_Gemini()
    {
        var tenant = await Tenant.GeminiAsync(gateway.Admin, simulator.Server);

        var vectors = (await Client(tenant, GeminiModel).GenerateEmbeddingsAsync(["one two", "three"], new EmbeddingGenerationOptions { Dimensions = 3 }, Cancel)).Value;

        tenant.Upstream.Refusals.ShouldBeEmpty();
        vectors.Select(vector => vector.ToFloats().Length).ShouldBe([3, 3]);
        foreach (var vector in vectors)
        {
            MathF.Sqrt(vector.ToFloats().ToArray().Sum(number => number * number)).ShouldBe(1, 1e-5);
        }

        // Google reports no tokens for this model.
        var record = await tenant.UsageRecordAsync();
        record.GetProperty("usage_source").GetString().ShouldBe("estimated");
        record.GetProperty("input_tokens").GetInt64().ShouldBe(vectors.Usage.InputTokenCount);
        vectors.Usage.InputTokenCount.ShouldBeGreaterThan(0);
        record.GetProperty("cost_usd").GetDecimal().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_Gemini_client_gets_vectors_of_both_platforms_one_and_many()
    {
        var google = await Tenant.GeminiAsync(gateway.Admin, simulator.Server);
        var other = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        foreach (var (tenant, model) in new[] { (google, GeminiModel), (other, OpenAiModel) })
        {
            using var client = gateway.Server.CreateClient();
            client.DefaultRequestHeaders.Add("x-goog-api-key", tenant.Key);

            using var one = await client.PostAsJsonAsync($"/v1beta/models/{model}:embedContent", JsonNode.Parse("""{"content":{"parts":[{"text":"hi"}]},"outputDimensionality":4}"""), Cancel);
            using var many = await client.PostAsJsonAsync($"/v1beta/models/{model}:batchEmbedContents", JsonNode.Parse($$"""{"requests":[{"model":"models/{{model}}","content":{"parts":[{"text":"a"}]} },{"model":"models/{{model}}","content":{"parts":[{"text":"b"}]} }]}"""), Cancel);

            tenant.Upstream.Refusals.ShouldBeEmpty();
            (await one.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("embedding").GetProperty("values").GetArrayLength().ShouldBe(4);
            (await many.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("embeddings").GetArrayLength().ShouldBe(2);
        }
    }

    [Theory]
    [InlineData("amazon.titan-embed-text-v2:0", 3, 3)]
    [InlineData("amazon.titan-embed-text-v1", 2, null)]
    [InlineData("cohere.embed-english-v3", 100, null)]
    [InlineData("cohere.embed-v4:0", 3, 5)]
    public async Task An_OpenAI_client_gets_vectors_of_Bedrocks_models_in_as_many_calls_as_they_take(string model, int texts, int? dimensions)
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        var inputs = Enumerable.Range(1, texts).Select(length => new string('x', length)).ToList();

        var vectors = (await Client(tenant, model).GenerateEmbeddingsAsync(inputs, new EmbeddingGenerationOptions { Dimensions = dimensions }, Cancel)).Value;

        tenant.Upstream.Refusals.ShouldBeEmpty();
        vectors.Select(vector => vector.ToFloats().Length).ShouldAllBe(length => length == (dimensions ?? 8));
        vectors.Count.ShouldBe(texts);
        tenant.Upstream.Requests.Count.ShouldBe(model.StartsWith("amazon", StringComparison.Ordinal) ? texts : (texts + 95) / 96);
        (await tenant.UsageRecordAsync()).GetProperty("input_tokens").GetInt64().ShouldBeGreaterThanOrEqualTo(model.StartsWith("amazon", StringComparison.Ordinal) ? texts : 1);
    }

    [Fact]
    public async Task A_model_of_Bedrock_that_makes_no_vectors_says_so()
    {
        var tenant = await Tenant.BedrockAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/embeddings", new { model = "amazon.nova-pro-v1:0", input = "hi" }, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("makes no embeddings");
    }

    [Fact]
    public async Task A_model_that_the_account_may_not_use_is_said_to_be_missing_and_names_no_project()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Error(403, message: "Project `proj_secret` does not have access to model `gpt-4o-mini`", code: "model_not_found");
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", model: "gpt-4o-mini"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldNotContain("proj_secret");
    }

    [Fact]
    public async Task Token_numbers_and_models_that_have_no_vectors_are_refused()
    {
        var google = await Tenant.GeminiAsync(gateway.Admin, simulator.Server);
        var claude = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        using var client = google.CreateClient(gateway.Server);
        using var other = claude.CreateClient(gateway.Server);

        using var numbers = await client.PostAsJsonAsync("/v1/embeddings", new { model = GeminiModel, input = new[] { 1, 2 } }, Cancel);
        using var none = await other.PostAsJsonAsync("/v1/embeddings", new { model = "claude-sonnet-4-5", input = "hi" }, Cancel);

        numbers.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await numbers.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetProperty("param").GetString().ShouldBe("input");
        none.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_answer_with_too_few_vectors_is_no_answer()
    {
        var tenant = await Tenant.GeminiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Default = ScriptedAnswer.Verbatim("""{"embeddings":[{"values":[1]}]}""");
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/embeddings", new { model = GeminiModel, input = new[] { "a", "b" } }, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
    }

    private EmbeddingClient Client(Tenant tenant, string model) =>
        new(model, new ApiKeyCredential(tenant.Key), new OpenAIClientOptions { Endpoint = new Uri(gateway.Server.Url, "v1") });
}
