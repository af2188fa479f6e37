using System.Net;
using System.Net.Http.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Azure accounts that are applications of Microsoft Entra ID, whose tokens the simulator issues.</summary>
public sealed class EntraTokenTests(SharedSimulator simulator) : IAsyncLifetime
{
    private const string TokenPath = "/contoso.onmicrosoft.com/oauth2/v2.0/token";
    private const string ChatPath = "/openai/v1/chat/completions";

    private GatewayServer _gateway = null!;
    private HttpClient _admin = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _gateway = await GatewayServer.StartAsync(settings: new Dictionary<string, string>
        {
            ["Azure:AuthorityHost"] = simulator.Server.Url.GetLeftPart(UriPartial.Authority),
        });
        _admin = await _gateway.CreateAdminClientAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task One_token_serves_all_requests_and_appears_nowhere()
    {
        var tenant = await Tenant.AzureAsync(_admin, simulator.Server, entra: true);
        using var client = tenant.CreateClient(_gateway);
        var gate = new Gate();
        tenant.Upstream.Enqueue(new ScriptedAnswer { Path = TokenPath }.HoldHeaders(gate));

        var asked = Enumerable.Range(0, 8).Select(_ => client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel)).ToList();
        await gate.WaitUntilReachedAsync(Cancel);
        gate.Open();
        var responses = await Task.WhenAll(asked);

        foreach (var response in responses)
        {
            response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancel));
            response.Dispose();
        }

        tenant.Upstream.Refusals.ShouldBeEmpty();
        tenant.Upstream.Requests.Count(request => request.Path == TokenPath).ShouldBe(1);
        var sent = tenant.Upstream.Requests.Where(request => request.Path == ChatPath).ToList();
        sent.Count.ShouldBe(8);
        sent.ShouldAllBe(request => request.Header("api-key") == null && request.Header("authorization") == $"Bearer sim-entra.{tenant.Upstream.Credential}.1");
        tenant.Upstream.Requests[0].Header("user-agent")!.ShouldStartWith("Gateway/");
        _gateway.Output.ShouldNotContain(tenant.Upstream.Credential);
    }

    [Fact]
    public async Task A_token_is_renewed_ahead_of_its_end_while_it_serves_and_waited_for_at_its_end()
    {
        var tenant = await Tenant.AzureAsync(_admin, simulator.Server, entra: true);
        using var client = tenant.CreateClient(_gateway);
        var gate = new Gate();
        var script = new ScriptedAnswer { Path = TokenPath };
        tenant.Upstream.Enqueue(script.WithUsage(input: 0, output: 200), script.WithUsage(input: 0, output: 10).HoldHeaders(gate), script);

        // 200 seconds are less than five minutes, so the second request has the token renewed, and goes with the old one.
        await AskAsync(client);
        await AskAsync(client);
        await gate.WaitUntilReachedAsync(Cancel);
        await AskAsync(client);
        gate.Open();
        await Eventually.HoldsAsync(() => Task.FromResult(tenant.Upstream.Requests.Any(request => request.Path == TokenPath && request.Outcome == RequestOutcome.Finished && request.Number > 2)));

        // The renewed token ends within ten seconds: it is of no use, and the next one is waited for.
        await Eventually.HoldsAsync(async () =>
        {
            await AskAsync(client);
            return tenant.Upstream.Requests.Count(request => request.Path == TokenPath) == 3;
        });
        await AskAsync(client);

        tenant.Upstream.Refusals.ShouldBeEmpty();
        tenant.Upstream.Requests.Count(request => request.Path == TokenPath).ShouldBe(3);
        var bearers = tenant.Upstream.Requests.Where(request => request.Path == ChatPath).Select(request => request.Bearer()).ToList();
        bearers.Take(3).Distinct().Count().ShouldBe(1);
        bearers[^1].ShouldNotBe(bearers[0]);
    }

    [Fact]
    public async Task An_application_that_is_refused_is_the_operators_business()
    {
        var tenant = await Tenant.AzureAsync(_admin, simulator.Server, entra: true);
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(401, code: "invalid_client", message: "AADSTS7000215: Invalid client secret provided.").For(TokenPath));
        using var client = tenant.CreateClient(_gateway);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);
        var test = await _admin.PostDataAsync($"/api/admin/accounts/{tenant.AccountId}/test", new { });

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldNotContain("AADSTS");
        (await tenant.RequestLogAsync(response.RequestId())).GetProperty("trace").GetRawText().ShouldContain("AADSTS7000215");
        test.GetProperty("ok").GetBoolean().ShouldBeFalse();
        test.GetProperty("message").GetString()!.ShouldContain("AADSTS7000215");
        test.GetProperty("message").GetString()!.ShouldNotContain(tenant.Upstream.Credential);
        tenant.Upstream.Requests.Count.ShouldBe(1, "nobody asks again at once");
    }

    [Fact]
    public async Task Another_account_serves_while_one_gets_no_token()
    {
        var tenant = await Tenant.AzureAsync(_admin, simulator.Server, entra: true);
        var (second, _) = await tenant.AddAccountAsync(simulator.Server, "azure", new { priority = 99 });
        tenant.Upstream.Enqueue([.. Enumerable.Repeat(ScriptedAnswer.Html(503).For(TokenPath), 5)]);
        using var client = tenant.CreateClient(_gateway);

        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancel));
        second.Requests.Single().Path.ShouldBe(ChatPath);

        // A token endpoint that has failed says nothing about the account.
        var attempts = (await tenant.RequestLogAsync(response.RequestId())).GetProperty("trace").GetProperty("attempts");
        attempts[0].GetProperty("error_kind").GetString().ShouldBe("overloaded");
    }

    private static async Task AskAsync(HttpClient client)
    {
        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancel));
    }
}
