using System.Net.Http.Json;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Features.Accounts;

public sealed class TestAccountTests(EmbeddedGateway gateway, SharedSimulator simulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("openai")]
    [InlineData("claude")]
    [InlineData("gemini")]
    [InlineData("bedrock")]
    public async Task A_working_account_answers_and_nothing_is_recorded(string platform)
    {
        var tenant = platform switch
        {
            "claude" => await Tenant.ClaudeAsync(gateway.Admin, simulator.Server),
            "gemini" => await Tenant.GeminiAsync(gateway.Admin, simulator.Server),
            "bedrock" => await Tenant.BedrockAsync(gateway.Admin, simulator.Server),
            _ => await Tenant.OpenAiAsync(gateway.Admin, simulator.Server),
        };

        var result = await gateway.Admin.PostDataAsync($"/api/admin/accounts/{tenant.AccountId}/test", new { });

        result.GetProperty("ok").GetBoolean().ShouldBeTrue(result.GetRawText());
        result.GetProperty("status").GetInt32().ShouldBe(200);
        tenant.Upstream.Requests.Count.ShouldBe(1);
        tenant.Upstream.Refusals.ShouldBeEmpty();
        (await gateway.Admin.GetDataAsync($"/api/admin/usage?account_id={tenant.AccountId}")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_disabled_account_can_be_tested_and_stays_disabled()
    {
        var tenant = await Tenant.ClaudeAsync(gateway.Admin, simulator.Server, account: new { enabled = false });

        (await gateway.Admin.PostDataAsync($"/api/admin/accounts/{tenant.AccountId}/test", new { model = "claude-sonnet-4-5" })).GetProperty("ok").GetBoolean().ShouldBeTrue();

        (await gateway.Admin.GetDataAsync($"/api/admin/accounts/{tenant.AccountId}")).GetProperty("status").GetString().ShouldBe("disabled");
    }

    [Fact]
    public async Task A_refusal_is_told_in_words_without_the_secret_and_changes_no_routing() // AC-11
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(401, "invalid_request_error", $"Incorrect API key provided: {tenant.Upstream.Credential}"));

        var result = await gateway.Admin.PostDataAsync($"/api/admin/accounts/{tenant.AccountId}/test", new { });

        result.GetProperty("ok").GetBoolean().ShouldBeFalse();
        result.GetProperty("status").GetInt32().ShouldBe(401);
        result.GetProperty("message").GetString()!.ShouldContain("Incorrect API key provided: [redacted]");
        (await gateway.Admin.GetDataAsync($"/api/admin/accounts/{tenant.AccountId}")).GetProperty("status").GetString().ShouldBe("active");
    }

    [Fact]
    public async Task An_address_where_nobody_listens_is_told()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server, account: new { base_url = "http://127.0.0.1:1" });

        var result = await gateway.Admin.PostDataAsync($"/api/admin/accounts/{tenant.AccountId}/test", new { });

        result.GetProperty("status").GetInt32().ShouldBe(0);
        result.GetProperty("message").GetString()!.ShouldContain("could not be reached");
    }

    [Fact]
    public async Task B23_commands_paths_and_environments_are_no_part_of_a_test()
    {
        var tenant = await Tenant.OpenAiAsync(gateway.Admin, simulator.Server);

        using var response = await gateway.Admin.PostAsJsonAsync($"/api/admin/accounts/{tenant.AccountId}/test", new { command = "id", env = new { A = "b" } }, Cancel);

        (await response.ErrorAsync(400)).GetProperty("errors").TryGetProperty("command", out _).ShouldBeTrue();
        tenant.Upstream.Requests.ShouldBeEmpty();
    }
}
