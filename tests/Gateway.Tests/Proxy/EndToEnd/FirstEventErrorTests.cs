using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Platforms that say under 200, as the first of all, that they will not answer.</summary>
public sealed class FirstEventErrorTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private const string Model = "claude-sonnet-4-5";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/chat/completions", HttpStatusCode.ServiceUnavailable, "server_is_overloaded")]
    [InlineData("/v1/responses", HttpStatusCode.ServiceUnavailable, "server_is_overloaded")]
    [InlineData("/v1/messages", (HttpStatusCode)529, "overloaded_error")]
    [InlineData("/v1beta/models/claude-sonnet-4-5:streamGenerateContent?alt=sse", HttpStatusCode.ServiceUnavailable, "UNAVAILABLE")]
    public async Task Vector_6_another_account_answers_or_the_client_gets_a_status_that_is_no_success(string path, HttpStatusCode expected, string said)
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server, account: new { priority = 1 });
        var (second, _) = await tenant.AddAccountAsync(simulator.Server, "claude");
        var overloaded = ScriptedAnswer.Text("never").ErrorAfterEvent(0, 529);
        tenant.Upstream.Default = overloaded;
        second.Default = ScriptedAnswer.Text("Hello");
        using var client = tenant.CreateClient(gateway.Server);

        using var answered = await client.PostAsJsonAsync(path, Body(path), Cancel);
        second.Default = overloaded;
        using var refused = await client.PostAsJsonAsync(path, Body(path), Cancel);

        answered.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answered.Content.ReadAsStringAsync(Cancel)).ShouldContain("Hello");
        (tenant.Upstream.Requests.Count + second.Requests.Count).ShouldBe(5, "one that failed over, one that tried both and then the last again");
        refused.StatusCode.ShouldBe(expected);
        refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await refused.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetRawText().ShouldContain(said);
    }

    [Fact]
    public async Task AC_06_what_a_failed_attempt_cost_is_in_the_log_and_not_billed()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server, account: new { priority = 1 });
        var (second, _) = await tenant.AddAccountAsync(simulator.Server, "claude");
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("never").WithUsage(input: 1000, output: 5).ErrorAfterEvent(1, 529));
        second.Default = ScriptedAnswer.Text("Hello").WithUsage(input: 1000, output: 5);
        using var client = tenant.CreateClient(gateway.Server);

        using var answered = await client.PostAsJsonAsync("/v1/chat/completions", Body("/v1/chat/completions"), Cancel);
        await answered.Content.ReadAsStringAsync(Cancel);

        var log = await tenant.RequestLogAsync(answered.RequestId());
        var attempts = log.GetProperty("trace").GetProperty("attempts").EnumerateArray().ToList();
        attempts.Count.ShouldBe(2);
        attempts[0].GetProperty("lost_cost_usd").GetDecimal().ShouldBeGreaterThanOrEqualTo(0.003m, "1000 tokens of input at 3 USD a million, and what it had begun to write");
        attempts[1].TryGetProperty("lost_cost_usd", out _).ShouldBeFalse();
        var record = await tenant.UsageRecordAsync(answered.RequestId());
        record.GetProperty("attempts").GetInt32().ShouldBe(2);
        record.GetProperty("billed_usd").GetDecimal().ShouldBe(0.003m + (5 * 0.000015m));
    }

    private static object Body(string path) => path switch
    {
        "/v1/messages" => Bodies.Message("hi", stream: true),
        "/v1/responses" => new { model = Model, stream = true, input = "hi" },
        "/v1/chat/completions" => Bodies.Chat("hi", stream: true, model: Model),
        _ => new { contents = new[] { new { parts = new[] { new { text = "hi" } } } } },
    };
}
