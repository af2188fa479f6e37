using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>AC-24: reasoning that one account signed goes back to it untouched, and to no other that would refuse it.</summary>
public sealed class SignedReasoningTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string Bound = "claude-sonnet-5-5";
    private const string Free = "claude-sonnet-4-5";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AC_24_a_conversation_goes_on_at_the_account_that_signed_its_thinking_and_the_block_comes_back_as_it_was(bool isStreamed)
    {
        var (tenant, client, upstreams) = await TwoAccountsAsync();
        var (home, signature) = await BeginAsync(tenant, client, upstreams, Bound, isStreamed);

        for (var i = 0; i < 3; i++)
        {
            using var response = await client.PostAsJsonAsync("/v1/messages", SecondTurn(Bound, signature), Cancel);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        upstreams[home].Requests.Count.ShouldBe(4);
        upstreams[home].Requests.Skip(1).ShouldAllBe(request => SignaturesIn(request).Contains(signature));
    }

    [Fact]
    public async Task AC_24_when_that_account_cannot_be_had_the_thinking_is_left_out_ahead_and_nothing_is_sent_twice()
    {
        var (tenant, client, upstreams) = await TwoAccountsAsync();
        var (home, signature) = await BeginAsync(tenant, client, upstreams, Bound);
        var other = upstreams.Single(pair => pair.Key != home).Value;
        upstreams[home].Enqueue(ScriptedAnswer.RateLimited(retryAfterSeconds: 120));

        using var response = await client.PostAsJsonAsync("/v1/messages", SecondTurn(Bound, signature), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var received = other.Requests.ShouldHaveSingleItem();
        received.Refusal.ShouldBeNull();
        var sent = JsonNode.Parse(received.Text)!["messages"]![1]!["content"]!.AsArray();
        sent.Select(block => (string)block!["type"]!).ShouldBe(["text"]);
    }

    [Fact]
    public async Task AC_24_after_a_switch_each_account_gets_what_it_signed_itself()
    {
        var (tenant, client, upstreams) = await TwoAccountsAsync();
        var (home, signature) = await BeginAsync(tenant, client, upstreams, Bound);
        var other = upstreams.Single(pair => pair.Key != home).Value;
        upstreams[home].Enqueue(ScriptedAnswer.RateLimited(retryAfterSeconds: 120));
        var second = NewSignature();
        other.Enqueue(ScriptedAnswer.Text("second").ThenThinking("again", second));
        using var switched = await client.PostAsJsonAsync("/v1/messages", SecondTurn(Bound, signature), Cancel);

        using var third = await client.PostAsJsonAsync("/v1/messages", ThirdTurn(Bound, signature, second), Cancel);

        third.StatusCode.ShouldBe(HttpStatusCode.OK);
        SignaturesIn(other.Requests[^1]).ShouldBe([second]);
    }

    [Fact]
    public async Task Thinking_that_any_account_accepts_stays_in_on_a_switch()
    {
        var (tenant, client, upstreams) = await TwoAccountsAsync();
        var (home, signature) = await BeginAsync(tenant, client, upstreams, Free);
        upstreams[home].Enqueue(ScriptedAnswer.RateLimited(retryAfterSeconds: 120));

        using var response = await client.PostAsJsonAsync("/v1/messages", SecondTurn(Free, signature), Cancel);
        using var next = await client.PostAsJsonAsync("/v1/messages", SecondTurn(Free, signature), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        upstreams.Values.SelectMany(upstream => upstream.Requests).Where(request => request.Text.Contains("go on")).ShouldAllBe(request => SignaturesIn(request).Contains(signature));
    }

    [Fact]
    public async Task AC_24_thinking_whose_signer_nobody_knows_is_left_out_once_it_is_refused_and_the_client_pays_once()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(400, "invalid_request_error", "messages.1.content.0: Invalid `signature` in `thinking` block"));

        using var response = await client.PostAsJsonAsync("/v1/messages", SecondTurn(Bound, NewSignature()), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        tenant.Upstream.Requests.Count.ShouldBe(2);
        tenant.Upstream.Requests[1].Text.ShouldNotContain("\"thinking\"");
        (await tenant.UsageRecordAsync(response.RequestId())).GetProperty("attempts").GetInt32().ShouldBe(1);
        (await gateway.Admin.GetDataAsync($"/api/admin/accounts/{tenant.AccountId}")).GetProperty("cooldowns").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_second_refusal_goes_to_the_client()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        var refusal = ScriptedAnswer.Error(400, "invalid_request_error", "messages.1.content.0: Invalid `signature` in `thinking` block");
        tenant.Upstream.Enqueue(refusal, refusal);

        using var response = await client.PostAsJsonAsync("/v1/messages", SecondTurn(Bound, NewSignature()), Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        tenant.Upstream.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task AC_24_reasoning_of_OpenAI_that_another_organization_encrypted_is_left_out_once_it_is_refused()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        using var client = tenant.CreateClient(gateway.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(400, "invalid_request_error", "The encrypted content could not be verified.", "invalid_encrypted_content"));
        var input = new object[]
        {
            new { type = "message", role = "user", content = "Hi" },
            new { type = "reasoning", id = "rs_1", summary = Array.Empty<object>(), encrypted_content = NewSignature() },
            new { type = "message", role = "user", content = "go on" },
        };

        using var response = await client.PostAsJsonAsync("/v1/responses", new { model = "gpt-5-mini", store = false, input }, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        tenant.Upstream.Requests[1].Text.ShouldNotContain("encrypted_content");
    }

    private async Task<(Tenant Tenant, HttpClient Client, Dictionary<long, SimulatedAccount> Upstreams)> TwoAccountsAsync()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        var (upstream, id) = await tenant.AddAccountAsync(simulator.Server, "claude");
        return (tenant, tenant.CreateClient(gateway.Server), new Dictionary<long, SimulatedAccount> { [tenant.AccountId] = tenant.Upstream, [id] = upstream });
    }

    /// <summary>A first turn that ends with signed thinking.</summary>
    private static async Task<(long AccountId, string Signature)> BeginAsync(
        Tenant tenant, HttpClient client, Dictionary<long, SimulatedAccount> upstreams, string model, bool isStreamed = false)
    {
        var signature = NewSignature();
        foreach (var upstream in upstreams.Values)
        {
            upstream.Enqueue(ScriptedAnswer.Text("first").ThenThinking("let me see", signature));
        }

        using var response = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", isStreamed, model), Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("signature");
        var accountId = (await tenant.UsageRecordAsync(response.RequestId())).GetProperty("account_id").GetInt64();
        upstreams.Single(pair => pair.Key != accountId).Value.Script([]);
        return (accountId, signature);
    }

    /// <summary>However they are escaped: this test's client does it in another way than the platform.</summary>
    private static List<string> SignaturesIn(ReceivedRequest request) =>
        [.. JsonNode.Parse(request.Text)!["messages"]!.AsArray().SelectMany(message => message!["content"] as JsonArray ?? []).Select(block => (string?)block!["signature"]).OfType<string>()];

    private static string NewSignature() => Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(96));

    private static object SecondTurn(string model, string signature) => new
    {
        model,
        max_tokens = 2000,
        messages = new object[]
        {
            new { role = "user", content = "hi" },
            new { role = "assistant", content = new object[] { new { type = "thinking", thinking = "let me see", signature }, new { type = "text", text = "first" } } },
            new { role = "user", content = "go on" },
        },
    };

    private static object ThirdTurn(string model, string first, string second) => new
    {
        model,
        max_tokens = 2000,
        messages = new object[]
        {
            new { role = "user", content = "hi" },
            new { role = "assistant", content = new object[] { new { type = "thinking", thinking = "let me see", signature = first }, new { type = "text", text = "first" } } },
            new { role = "user", content = "go on" },
            new { role = "assistant", content = new object[] { new { type = "thinking", thinking = "again", signature = second }, new { type = "text", text = "second" } } },
            new { role = "user", content = "and on" },
        },
    };
}
