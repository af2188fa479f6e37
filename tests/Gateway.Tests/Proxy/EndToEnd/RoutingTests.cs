using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Which account serves a model: the rules of the contract in their order.</summary>
public sealed class RoutingTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_that_lists_the_model_comes_before_those_that_list_none()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { priority = 1 });
        var (listing, _) = await tenant.AddAccountAsync(simulator.Server, "openai", new { priority = 9, models = new[] { "gpt-4o" } });

        await SendAsync(tenant, "gpt-4o");
        await SendAsync(tenant, "gpt-5-mini");

        listing.Requests.Count.ShouldBe(1);
        tenant.Upstream.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_disabled_account_takes_no_model_away_from_the_others()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { models = new[] { "gpt-4o" }, enabled = false });
        var (open, _) = await tenant.AddAccountAsync(simulator.Server, "openai");

        await SendAsync(tenant, "gpt-4o");

        open.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_model_that_only_disabled_accounts_serve_cannot_be_had_now()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { models = new[] { "gpt-4o" }, enabled = false });

        (await SendAsync(tenant, "gpt-4o")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await SendAsync(tenant, "gpt-5-mini")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_platform_in_front_of_the_model_names_the_accounts()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Models = new HashSet<string> { "org/some-model" };

        (await SendAsync(tenant, "openai/org/some-model")).ShouldBe(HttpStatusCode.OK);
        (await SendAsync(tenant, "claude/some-model")).ShouldBe(HttpStatusCode.NotFound);

        ModelOf(tenant.Upstream.Requests.ShouldHaveSingleItem()).ShouldBe("org/some-model");
    }

    [Fact]
    public async Task A_model_that_nobody_knows_goes_to_accounts_that_list_none()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { models = new[] { "gpt-4o" }, priority = 1 });
        var (open, _) = await tenant.AddAccountAsync(simulator.Server, "openai", new { priority = 2 });

        await SendAsync(tenant, "a-model-of-tomorrow");

        open.Requests.Count.ShouldBe(1);
        tenant.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_alias_goes_through_its_models_also_on_one_account()
    {
        var alias = $"best-{Guid.NewGuid():N}";
        await gateway.Admin.PutDataAsync($"/api/admin/model-aliases/{alias}", new { models = new[] { "gpt-5.4", "gpt-5-mini" } });
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(404, "invalid_request_error", "no such model", "model_not_found"), ScriptedAnswer.Text("here"));

        (await SendAsync(tenant, alias)).ShouldBe(HttpStatusCode.OK);

        tenant.Upstream.Requests.Count.ShouldBe(2);
        tenant.Upstream.Requests.Select(ModelOf).ShouldBe(["gpt-5.4", "gpt-5-mini"]);
    }

    [Fact]
    public async Task An_account_never_has_more_requests_than_it_may()
    {
        const int Most = 3, Requests = 40;
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { max_concurrency = Most });
        tenant.Upstream.Default = ScriptedAnswer.Text("slow").StallBeforeHeaders();
        using var client = tenant.CreateClient(gateway.Server);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var sending = Enumerable.Range(0, Requests).Select(_ => client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), leave.Token)).ToList();
        for (var refused = 0; refused < Requests - Most; refused++)
        {
            var done = await Task.WhenAny(sending);
            sending.Remove(done);
            using var response = await done;
            response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }

        await tenant.Upstream.WaitForRequestAsync(Most, Cancel);
        tenant.Upstream.Requests.Count.ShouldBe(Most);
        await leave.CancelAsync();
        foreach (var left in sending)
        {
            await Should.ThrowAsync<OperationCanceledException>(() => left);
        }
    }

    [Fact]
    public async Task Models_without_a_price_are_refused_when_the_operator_wants_that()
    {
        await using var server = await GatewayServer.StartAsync();
        using var admin = await server.CreateAdminClientAsync();
        await admin.PutDataAsync("/api/admin/configs/pricing.unknown", new { value = "refuse" });
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server);
        using var client = tenant.CreateClient(server);

        using var unknown = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", model: "a-model-of-tomorrow"), Cancel);
        using var known = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", model: "gpt-5-mini"), Cancel);

        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await unknown.Content.ReadAsStringAsync(Cancel)).ShouldContain("no price");
        known.StatusCode.ShouldBe(HttpStatusCode.OK);
        tenant.Upstream.Requests.Count.ShouldBe(1);
    }

    private static string? ModelOf(ReceivedRequest request) => JsonSerializer.Deserialize<JsonElement>(request.Body.Span).GetProperty("model").GetString();

    private async Task<HttpStatusCode> SendAsync(Tenant tenant, string model)
    {
        using var client = tenant.CreateClient(gateway.Server);
        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi", model: model), Cancel);
        return response.StatusCode;
    }
}
