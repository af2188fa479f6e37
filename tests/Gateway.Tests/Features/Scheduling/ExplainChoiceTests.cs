using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Features.Scheduling;

/// <summary>What an operator is told about the account that a request would get.</summary>
public sealed class ExplainChoiceTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string Model = "claude-sonnet-4-5";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_account_is_named_with_why_it_would_be_chosen_or_not()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server, account: new { priority = 20 });
        var (_, preferred) = await tenant.AddAccountAsync(simulator.Server, "claude", new { priority = 10 });
        var (_, off) = await tenant.AddAccountAsync(simulator.Server, "claude", new { enabled = false });
        var (_, listed) = await tenant.AddAccountAsync(simulator.Server, "claude", new { models = new[] { "claude-opus-4-8" } });
        var other = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);

        var explained = await ExplainAsync(new { api_key_id = tenant.ApiKeyId, model = $"claude/{Model}" });

        explained.GetProperty("model").GetString().ShouldBe(Model);
        explained.GetProperty("error").ValueKind.ShouldBe(JsonValueKind.Null);
        explained.GetProperty("chosen").GetProperty("account_id").GetInt64().ShouldBe(preferred);
        explained.GetProperty("chosen").GetProperty("chosen_by").GetString().ShouldBe("load");
        Reason(explained, tenant.AccountId).ShouldBe("ready");
        Reason(explained, preferred).ShouldBe("ready");
        Reason(explained, off).ShouldBe("disabled");
        Reason(explained, listed).ShouldBe("model_not_served");
        Reason(explained, other.AccountId).ShouldBe("other_group");
        tenant.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_pause_is_shown_with_its_evidence_and_its_end_and_an_empty_pool_with_what_clients_are_told()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.RateLimited(retryAfterSeconds: 300));
        using var client = tenant.CreateClient(gateway.Server);
        using var limited = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", model: Model), Cancel);

        var explained = await ExplainAsync(new { key = tenant.ApiKeyId, model = Model });

        explained.GetProperty("chosen").ValueKind.ShouldBe(JsonValueKind.Null);
        explained.GetProperty("error").GetString()!.ShouldContain("have reached a limit");
        Reason(explained, tenant.AccountId).ShouldBe("cooling_down");
        var account = Account(explained, tenant.AccountId);
        account.GetProperty("eligible").GetBoolean().ShouldBeFalse();
        account.GetProperty("evidence").GetString()!.ShouldStartWith("rate_limit: ");
        account.GetProperty("until").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddSeconds(200));
    }

    [Fact]
    public async Task A_session_is_found_by_the_name_that_its_client_gives_it_and_by_its_id_in_the_log()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server);
        await tenant.AddAccountAsync(simulator.Server, "claude");
        using var client = tenant.CreateClient(gateway.Server);
        client.DefaultRequestHeaders.Add("x-claude-code-session-id", "0b9de6b5-0000-4000-8000-123456789abc");
        using var response = await client.PostAsJsonAsync("/v1/messages", Bodies.Message("hi", model: Model), Cancel);
        var served = (await tenant.UsageRecordAsync(response.RequestId())).GetProperty("account_id").GetInt64();
        var id = (await tenant.RequestLogAsync(response.RequestId())).GetProperty("trace").GetProperty("session").GetProperty("id").GetString()!;

        foreach (var session in (string[])["0b9de6b5-0000-4000-8000-123456789abc", id])
        {
            var explained = await ExplainAsync(new { api_key_id = tenant.ApiKeyId, model = Model, session });

            explained.GetProperty("session").GetProperty("id").GetString().ShouldBe(id);
            explained.GetProperty("session").GetProperty("account_id").GetInt64().ShouldBe(served);
            explained.GetProperty("chosen").GetProperty("account_id").GetInt64().ShouldBe(served);
            explained.GetProperty("chosen").GetProperty("chosen_by").GetString().ShouldBe("session");
        }

        (await ExplainAsync(new { api_key_id = tenant.ApiKeyId, model = Model, session = "unheard-of" })).GetProperty("session").GetProperty("account_id").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_model_that_nobody_serves_is_said_to_be_unknown()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server, account: new { models = new[] { Model } });

        var explained = await ExplainAsync(new { api_key_id = tenant.ApiKeyId, model = "gpt-5-mini" });

        explained.GetProperty("error").GetString()!.ShouldContain("gpt-5-mini");
        Reason(explained, tenant.AccountId).ShouldBe("model_not_served");
    }

    [Theory]
    [InlineData("""{"model":"m"}""", HttpStatusCode.BadRequest, "api_key_id")]
    [InlineData("""{"api_key_id":1,"key":1,"model":"m"}""", HttpStatusCode.BadRequest, "key")]
    [InlineData("""{"api_key_id":1}""", HttpStatusCode.BadRequest, "model")]
    [InlineData("""{"api_key_id":1,"model":"m","operation":"sing"}""", HttpStatusCode.BadRequest, "operation")]
    [InlineData("""{"api_key_id":999999999,"model":"m"}""", HttpStatusCode.NotFound, null)]
    public async Task What_cannot_be_explained_is_refused(string body, HttpStatusCode status, string? field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await gateway.Admin.PostAsync("/api/admin/scheduler/explain", content, Cancel);

        response.StatusCode.ShouldBe(status);
        if (field is not null)
        {
            (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
        }
    }

    private Task<JsonElement> ExplainAsync(object request) => gateway.Admin.PostDataAsync("/api/admin/scheduler/explain", request);

    private static JsonElement Account(JsonElement explained, long id) => explained.GetProperty("candidates").EnumerateArray().Single(account => account.GetProperty("account_id").GetInt64() == id);

    private static string Reason(JsonElement explained, long id) => Account(explained, id).GetProperty("reason").GetString()!;
}
