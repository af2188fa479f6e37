#pragma warning disable OPENAI001 // OpenAI calls its newest API experimental in every release.

using System.ClientModel;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;
using OpenAI.Responses;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Responses that the platform keeps, and the calls that refer to them.</summary>
public sealed class StoredResponsesTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_official_client_fetches_continues_and_deletes_what_its_account_keeps()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        var client = tenant.ResponsesClient(gateway.Server);
        var first = (await client.CreateResponseAsync(new CreateResponseOptions { Model = "gpt-5-mini", InputItems = { ResponseItem.CreateUserMessageItem("hi") } }, Cancel)).Value;

        // Whoever comes first: the response is where it is.
        var (other, _) = await tenant.AddAccountAsync(simulator.Server, "openai", new { priority = 1 });
        var fetched = (await client.GetResponseAsync(first.Id, Cancel)).Value;
        var second = (await client.CreateResponseAsync(
            new CreateResponseOptions { Model = "gpt-5-mini", PreviousResponseId = first.Id, InputItems = { ResponseItem.CreateUserMessageItem("and?") } }, Cancel)).Value;
        await client.DeleteResponseAsync(first.Id, Cancel);
        var gone = await Should.ThrowAsync<ClientResultException>(() => client.GetResponseAsync(first.Id, Cancel));

        fetched.GetOutputText().ShouldBe("You said: hi");
        second.PreviousResponseId.ShouldBe(first.Id);
        second.GetOutputText().ShouldBe("You said: and?");
        gone.Status.ShouldBe(404);
        other.Requests.ShouldBeEmpty();
        tenant.Upstream.Refusals.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("2025-04-01-preview")]
    public async Task An_Azure_account_keeps_them_too(string? apiVersion)
    {
        var tenant = await Tenant.AzureAsync(gateway.Admin, simulator.Server, apiVersion: apiVersion);
        using var client = tenant.CreateClient(gateway.Server);
        var id = await CreateAsync(client);

        using var fetched = await client.GetAsync($"/v1/responses/{id}?include[]=x&api-version=2020-01-01", Cancel);
        using var input = await client.GetAsync($"/v1/responses/{id}/input_items?limit=5", Cancel);
        using var cancelled = await client.PostAsync($"/v1/responses/{id}/cancel", null, Cancel);
        using var deleted = await client.DeleteAsync($"/v1/responses/{id}", Cancel);
        using var gone = await client.GetAsync($"/v1/responses/{id}", Cancel);

        (await JsonAsync(fetched)).GetProperty("id").GetString().ShouldBe(id);
        (await JsonAsync(input)).GetProperty("data")[0].GetProperty("content")[0].GetProperty("text").GetString().ShouldBe("hi");
        cancelled.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await JsonAsync(cancelled, HttpStatusCode.BadRequest)).GetProperty("error").GetProperty("message").GetString().ShouldBe("Cannot cancel a synchronous response.");
        (await JsonAsync(deleted)).GetProperty("deleted").GetBoolean().ShouldBeTrue();
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var received = tenant.Upstream.Requests.Select(request => $"{request.Method} {request.Path}{request.Query}").Skip(1).ToList();
        var (root, version) = apiVersion is null ? ("/openai/v1/responses", "") : ("/openai/responses", $"api-version={apiVersion}");
        received[1].ShouldBe($"GET {root}/{id}/input_items?{(version.Length > 0 ? version + "&" : "")}limit=5");
        received[3].ShouldBe($"DELETE {root}/{id}{(version.Length > 0 ? "?" + version : "")}");
        received.ShouldAllBe(request => !request.Contains("2020-01-01"));
        received.Count.ShouldBe(4, "what was deleted is forgotten");
    }

    [Fact]
    public async Task A_response_belongs_to_its_user_and_to_all_keys_of_that_user()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        var id = await CreateAsync(client);
        var user = await gateway.Admin.CreateUserAsync();
        using var sibling = await KeyAsync(tenant, null);
        using var stranger = await KeyAsync(tenant, user.Id());

        using var own = await sibling.GetAsync($"/v1/responses/{id}", Cancel);
        own.StatusCode.ShouldBe(HttpStatusCode.OK);

        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Get, ""), (HttpMethod.Delete, ""), (HttpMethod.Post, "/cancel"), (HttpMethod.Get, "/input_items")])
        {
            using var request = new HttpRequestMessage(method, $"/v1/responses/{id}{path}");
            using var refused = await stranger.SendAsync(request, Cancel);
            var error = (await JsonAsync(refused, HttpStatusCode.NotFound)).GetProperty("error");
            error.GetProperty("message").GetString().ShouldBe($"Response with id '{id}' not found.");
            error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
        }

        using var continued = await stranger.PostAsJsonAsync("/v1/responses", new { model = "gpt-5-mini", input = "go on", previous_response_id = id }, Cancel);
        var unknown = (await JsonAsync(continued, HttpStatusCode.BadRequest)).GetProperty("error");
        unknown.GetProperty("code").GetString().ShouldBe("previous_response_not_found");
        unknown.GetProperty("param").GetString().ShouldBe("previous_response_id");
        tenant.Upstream.Requests.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Items_that_are_only_named_are_their_users_and_stay_with_their_account(bool stream)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Thinking("Hm.").ThenText("Yes."));
        using var first = await client.PostAsJsonAsync("/v1/responses", new { model = "gpt-5-mini", input = "hi", stream }, Cancel);
        var text = await first.Content.ReadAsStringAsync(Cancel);
        string[] ids = [Id(text, "rs_"), Id(text, "msg_")];
        var (other, _) = await tenant.AddAccountAsync(simulator.Server, "openai", new { priority = 1 });
        using var stranger = await KeyAsync(tenant, (await gateway.Admin.CreateUserAsync()).Id());

        // The type may be left out.
        var body = new { model = "gpt-5-mini", input = new object[] { new { type = "item_reference", id = ids[0] }, new { id = ids[1] }, new { role = "user", content = "and?" } } };
        using var own = await client.PostAsJsonAsync("/v1/responses", body, Cancel);
        using var refused = await stranger.PostAsJsonAsync("/v1/responses", body, Cancel);

        own.StatusCode.ShouldBe(HttpStatusCode.OK, await own.Content.ReadAsStringAsync(Cancel));
        (await JsonAsync(refused, HttpStatusCode.NotFound)).GetProperty("error").GetProperty("param").GetString().ShouldBe("input");
        tenant.Upstream.Requests.Count.ShouldBe(2);
        other.Requests.ShouldBeEmpty();

        static string Id(string text, string prefix) => text[text.IndexOf($"\"{prefix}", StringComparison.Ordinal)..].Split('"')[1];
    }

    [Theory]
    [InlineData("resp_nobodys")]
    [InlineData("%2e%2e%2fmodels")]
    [InlineData("a.b")]
    [InlineData("resp_%C3%A4")]
    public async Task What_is_no_known_id_goes_nowhere(string id)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.GetAsync($"/v1/responses/{id}", Cancel);

        (await JsonAsync(response, HttpStatusCode.NotFound)).GetProperty("error").GetProperty("type").GetString().ShouldBe("invalid_request_error");
        tenant.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_streamed_response_is_known_as_soon_as_it_begins_and_one_that_is_not_stored_never()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        var gate = new Gate();
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("a ", "b ").HoldAfterEvent(4, gate));

        using var stream = await client.PostStreamAsync("/v1/responses", new { model = "gpt-5-mini", input = "hi", stream = true }, Cancel);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(Cancel));
        await reader.ReadLineAsync(Cancel);
        var id = JsonElement.Parse((await reader.ReadLineAsync(Cancel))!["data: ".Length..]).GetProperty("response").GetProperty("id").GetString();
        using var during = await client.GetAsync($"/v1/responses/{id}", Cancel);
        gate.Open();
        using var unstored = await client.PostAsJsonAsync("/v1/responses", new { model = "gpt-5-mini", input = "hi", store = false }, Cancel);
        using var unknown = await client.GetAsync($"/v1/responses/{(await JsonAsync(unstored)).GetProperty("id").GetString()}", Cancel);

        during.StatusCode.ShouldBe(HttpStatusCode.OK);
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_restart_forgets_no_response(StorageKind storage)
    {
        using var data = new TempDirectory();
        using var store = storage == StorageKind.Servers ? TestStorage.Create() : null;
        string id;
        Tenant tenant;
        await using (var before = await GatewayServer.StartAsync(storage, dataDirectory: data.Path, store: store))
        {
            using var admin = await before.CreateAdminClientAsync();
            tenant = await Tenant.OpenAiAsync(admin, simulator.Server);
            using var client = tenant.CreateClient(before);
            id = await CreateAsync(client);
            (await before.StopAsync()).ShouldBe(0);
        }

        await using var after = await GatewayServer.StartAsync(storage, dataDirectory: data.Path, store: store);
        using var again = tenant.CreateClient(after);
        using var fetched = await again.GetAsync($"/v1/responses/{id}", Cancel);

        fetched.StatusCode.ShouldBe(HttpStatusCode.OK, await fetched.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task The_account_that_keeps_the_previous_response_must_serve_the_model()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { models = new[] { "gpt-5-mini" } });
        await tenant.AddAccountAsync(simulator.Server, "openai", new { models = new[] { "gpt-5" } });
        using var client = tenant.CreateClient(gateway.Server);
        var id = await CreateAsync(client);

        using var response = await client.PostAsJsonAsync("/v1/responses", new { model = "gpt-5", input = "go on", previous_response_id = id }, Cancel);

        (await JsonAsync(response, HttpStatusCode.BadRequest)).GetProperty("error").GetProperty("param").GetString().ShouldBe("previous_response_id");
    }

    [Theory]
    [InlineData("\"background\":true", "background")]
    [InlineData("\"conversation\":\"conv_1\"", "conversation")]
    [InlineData("\"conversation\":{\"id\":\"conv_1\"}", "conversation")]
    public async Task What_could_not_be_billed_or_may_be_anybodys_is_refused(string member, string param)
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsync(
            "/v1/responses", new StringContent($$"""{"model":"gpt-5-mini","input":"hi",{{member}}}""", new MediaTypeHeaderValue("application/json")), Cancel);

        var error = (await JsonAsync(response, HttpStatusCode.BadRequest)).GetProperty("error");
        error.GetProperty("param").GetString().ShouldBe(param);
        error.GetProperty("message").GetString()!.ShouldContain("is not supported");
        tenant.Upstream.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_conversation_is_counted_for_nothing_and_made_shorter_for_money(bool azure)
    {
        var tenant = azure ? await Tenant.AzureAsync(gateway.Admin, simulator.Server) : await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        var root = azure ? "/openai/v1" : "/v1";
        tenant.Upstream.Enqueue(new ScriptedAnswer().WithUsage(input: 1000, output: 50).For($"{root}/responses/compact"));

        using var counted = await client.PostAsJsonAsync("/v1/responses/input_tokens", new { model = "gpt-5-mini", input = "one two three" }, Cancel);
        using var compacted = await client.PostAsJsonAsync("/v1/responses/compact", new { model = "gpt-5-mini", input = "one two three" }, Cancel);

        (await JsonAsync(counted)).GetProperty("input_tokens").GetInt32().ShouldBe(3);
        (await JsonAsync(compacted)).GetProperty("object").GetString().ShouldBe("response.compaction");
        var record = await tenant.UsageRecordAsync();
        record.GetProperty("request_id").GetString().ShouldBe(compacted.RequestId());
        record.GetProperty("endpoint").GetString().ShouldBe("/v1/responses/compact");
        record.GetProperty("input_tokens").GetInt64().ShouldBe(1000);
        record.GetProperty("cost_usd").GetDecimal().ShouldBe(0.00035m);
        (await tenant.RequestLogAsync(counted.RequestId())).GetProperty("http_status").GetInt32().ShouldBe(200);
    }

    [Fact]
    public async Task Other_platforms_shorten_no_conversation()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);

        using var response = await client.PostAsJsonAsync("/v1/responses/compact", new { model = "claude-sonnet-4-5", input = "hi" }, Cancel);

        (await JsonAsync(response, HttpStatusCode.NotFound)).GetProperty("error").GetProperty("code").GetString().ShouldBe("model_not_found");
        tenant.Upstream.Requests.ShouldBeEmpty();
    }

    private static async Task<string> CreateAsync(HttpClient client)
    {
        using var response = await client.PostAsJsonAsync("/v1/responses", new { model = "gpt-5-mini", input = "hi" }, Cancel);
        return (await JsonAsync(response)).GetProperty("id").GetString()!;
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        response.StatusCode.ShouldBe(expected, text);
        return JsonElement.Parse(text);
    }

    private async Task<HttpClient> KeyAsync(Tenant tenant, long? userId)
    {
        var fields = new Dictionary<string, object?> { ["name"] = People.NewName("key"), ["account_group"] = tenant.Group };
        if (userId is not null)
        {
            fields["user_id"] = userId;
        }

        var client = gateway.Server.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", (await gateway.Admin.CreateKeyAsync(fields)).GetProperty("key").GetString());
        return client;
    }
}
