using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Tests.Support;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Bad input at the proxy's doors: a clear error in the client's own format, and nothing reaches an upstream.</summary>
public sealed class BadRequestTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string Chat = "/v1/chat/completions";
    private const string Messages = "/v1/messages";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("' OR 1=1--")]
    [InlineData("sk-0123456789")]
    [InlineData("sk-zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("")]
    [InlineData("é")]
    public async Task B10_a_key_that_is_none_is_401_in_the_clients_shape(string key)
    {
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        using var client = new HttpClient(handler) { BaseAddress = gateway.Server.Url };
        client.DefaultRequestHeaders.TryAddWithoutValidation("authorization", $"Bearer {key}");

        using var chat = await client.PostAsJsonAsync(Chat, Bodies.Chat("hi"), Cancel);
        using var message = await client.PostAsJsonAsync(Messages, Bodies.Message("hi"), Cancel);

        (await ErrorAsync(chat, 401)).GetProperty("code").GetString().ShouldBe("invalid_api_key");
        (await ErrorAsync(message, 401)).GetProperty("type").GetString().ShouldBe("authentication_error");
    }

    [Theory]
    [InlineData("authorization")]
    [InlineData("x-api-key")]
    [InlineData("api-key")]
    [InlineData("x-goog-api-key")]
    public async Task B11_every_header_that_clients_use_is_understood(string header)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = gateway.Server.CreateClient();
        client.DefaultRequestHeaders.Add(header, header == "authorization" ? $"Bearer {tenant.Key}" : tenant.Key);
        if (header != "authorization")
        {
            client.DefaultRequestHeaders.Add("authorization", "Bearer some-other-programs-token");
        }

        using var response = await client.PostAsJsonAsync(Chat, Bodies.Chat("hi"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task B11_two_different_keys_are_a_conflict_and_the_query_form_counts_only_where_it_is_used()
    {
        var one = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        var other = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = one.CreateClient(gateway.Server);
        client.DefaultRequestHeaders.Add("x-api-key", other.Key);
        using var nobody = gateway.Server.CreateClient();

        using var both = await client.PostAsJsonAsync(Chat, Bodies.Chat("hi"), Cancel);
        using var inQuery = await nobody.PostAsJsonAsync($"{Chat}?key={one.Key}", Bodies.Chat("hi"), Cancel);
        using var models = await nobody.GetAsync($"/v1/models?key={one.Key}", Cancel);

        await ErrorAsync(both, 400);
        await ErrorAsync(inQuery, 401);
        models.StatusCode.ShouldBe(HttpStatusCode.OK);
        gateway.Server.Output.ShouldNotContain(one.Key);
    }

    [Fact]
    public async Task B12_a_disabled_an_expired_and_a_deleted_key_are_refused_at_once()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        var path = $"/api/admin/api-keys/{tenant.ApiKeyId}";

        await gateway.Admin.PutDataAsync(path, new { enabled = false });
        await RefusedAsync();
        await gateway.Admin.PutDataAsync(path, new { enabled = true, expires_at = "2020-01-01T00:00:00Z" });
        await RefusedAsync();
        await gateway.Admin.PutDataAsync(path, new Dictionary<string, object?> { ["expires_at"] = null });
        using (var works = await client.PostAsJsonAsync(Chat, Bodies.Chat("hi"), Cancel))
        {
            works.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        (await gateway.Admin.DeleteAsync(path, Cancel)).Dispose();
        await RefusedAsync();

        async Task RefusedAsync()
        {
            using var response = await client.PostAsJsonAsync(Chat, Bodies.Chat("hi"), Cancel);
            await ErrorAsync(response, 401);
        }
    }

    [Fact]
    public async Task B14_a_log_in_token_is_no_API_key_and_an_API_key_is_no_log_in_token()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        using var proxied = await gateway.Admin.PostAsJsonAsync(Chat, Bodies.Chat("hi"), Cancel);
        using var managed = await client.GetAsync("/api/admin/accounts", Cancel);

        await ErrorAsync(proxied, 401);
        await managed.ErrorAsync(401);
    }

    [Theory] // B45
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task B45_a_compressed_request_is_415(string encoding)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        using var content = new ByteArrayContent([1, 2, 3]);
        content.Headers.ContentEncoding.Add(encoding);

        using var response = await client.PostAsync(Chat, content, Cancel);

        await ErrorAsync(response, 415);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"model":"gpt-5-mini","model":"gpt-5","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("""{"model":"gpt-5-mini","messages":[{"role":"user","content":"x"}],"stream":"true"}""")]
    [InlineData("""{"model":"gpt-5-mini","messages":[{"role":"user","content":"x"}],"n":1000}""")]
    [InlineData("""{"model":"gpt-5-mini","messages":[{"role":"user","content":"x"}],"max_tokens":-1}""")]
    [InlineData("""{"model":"gpt-5-mini","messages":[{"role":"user","content":"x"}],"max_tokens":1e400}""")]
    [InlineData("""{"model":"gpt-5-mini","messages":[{"role":"user","content":"x"}],"max_tokens":NaN}""")]
    [InlineData("""{"model":"gpt-5-mini","messages":[{"role":"user","content":"x"}],"max_tokens":9223372036854775808}""")]
    [InlineData("""{"model":"gpt-5-mini","messages":"hi"}""")]
    public async Task B26_B29_B46_B47_B48_B50_what_cannot_be_right_never_reaches_an_upstream(string body)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsync(Chat, new StringContent(body, Encoding.UTF8, "application/json"), Cancel);

        (await ErrorAsync(response, 400)).GetProperty("type").GetString().ShouldBe("invalid_request_error");
        tenant.Upstream.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("gpt-5-mini")]
    [InlineData("GPT-4O")]
    [InlineData(" gpt-4o")]
    [InlineData("gpt-4o ")]
    [InlineData("gpt-4ο")] // a Greek omicron
    public async Task B49_a_model_that_is_not_allowed_is_404(string model)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, key: new { allowed_models = new[] { "gpt-4o" } });
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync(Chat, Bodies.Chat("hi", model: model), Cancel);

        (await ErrorAsync(response, 404)).GetProperty("code").GetString().ShouldBe("model_not_found");
        tenant.Upstream.Requests.ShouldBeEmpty();
        (await tenant.RequestLogAsync(response.RequestId())).GetProperty("error_kind").GetString().ShouldBe("model_not_found");
    }

    [Fact]
    public async Task A_platform_prefix_is_removed_before_the_allow_list_is_asked()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, key: new { allowed_models = new[] { "gpt-4o" } });
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync(Chat, Bodies.Chat("hi", model: "openai/gpt-4o"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await tenant.UsageRecordAsync()).GetProperty("model").GetString().ShouldBe("gpt-4o");
    }

    [Theory]
    [InlineData("/v1/completions", "error")]
    [InlineData("/v1/messages/batches", "type")]
    [InlineData("/v1/nothing", "error")]
    public async Task An_unknown_path_is_404_in_the_shape_of_its_surface(string path, string member)
    {
        using var client = gateway.Server.CreateClient();

        using var response = await client.PostAsJsonAsync(path, new { }, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).TryGetProperty(member, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task B61_health_tells_a_stranger_nothing()
    {
        using var client = gateway.Server.CreateClient();

        (await client.GetStringAsync("/healthz", Cancel)).ShouldBe("""{"status":"ok"}""");
        (await client.GetStringAsync("/readyz", Cancel)).ShouldBe("""{"status":"ok"}""");
    }

    private static async Task<JsonElement> ErrorAsync(HttpResponseMessage response, int status)
    {
        var body = await response.Content.ReadAsStringAsync(Cancel);
        ((int)response.StatusCode).ShouldBe(status, body);
        return JsonSerializer.Deserialize<JsonElement>(body).GetProperty("error");
    }
}
