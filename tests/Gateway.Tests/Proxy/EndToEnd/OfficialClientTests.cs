using Anthropic.Models.Messages;
using Gateway.Tests.Support;
using Simulator;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>The main job: unmodified SDK clients through the gateway to their platforms, on both pairs of stores.</summary>
public sealed class OfficialClientTests(SharedSimulator simulator)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task An_OpenAI_client_streams_and_its_tokens_and_cost_are_on_record(StorageKind storage)
    {
        await using var gateway = await GatewayServer.StartAsync(storage);
        using var admin = await gateway.CreateAdminClientAsync();
        var tenant = await Tenant.OpenAiAsync(admin, simulator.Server, key: new { rate_multiplier = 2 });
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("Hel", "lo ", "世界").WithUsage(input: 1000, output: 50, cacheRead: 400));

        var text = await tenant.ChatClient(gateway, "gpt-5-mini").StreamedTextAsync("hi");

        text.ShouldBe("Hello 世界");
        tenant.Upstream.Refusals.ShouldBeEmpty();

        // 1,000 tokens at 0.25, 400 at 0.025 and 50 at 2 US dollars per million.
        await CheckRecordAsync(admin, tenant, costUsd: 0.00036m);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task An_Anthropic_client_streams_and_its_tokens_and_cost_are_on_record(StorageKind storage)
    {
        await using var gateway = await GatewayServer.StartAsync(storage);
        using var admin = await gateway.CreateAdminClientAsync();
        var tenant = await Tenant.ClaudeAsync(admin, simulator.Server, key: new { rate_multiplier = 2 });
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("Hel", "lo ", "世界").WithUsage(input: 1000, output: 50, cacheRead: 400));

        var text = await tenant.AnthropicClient(gateway)
            .StreamedTextAsync(new MessageCreateParams { Model = "claude-sonnet-4-5", MaxTokens = 100, Messages = [new UserMessageParam { Content = "hi" }] });

        text.ShouldBe("Hello 世界");
        tenant.Upstream.Refusals.ShouldBeEmpty();

        // 1,000 tokens at 3, 400 at 0.30 and 50 at 15 US dollars per million.
        await CheckRecordAsync(admin, tenant, costUsd: 0.00387m);
    }

    /// <summary>OpenAI reports cached tokens as part of the input and Claude beside it; on record they are beside it.</summary>
    private static async Task CheckRecordAsync(HttpClient admin, Tenant tenant, decimal costUsd)
    {
        var record = await tenant.UsageRecordAsync();
        record.GetProperty("input_tokens").GetInt64().ShouldBe(1000);
        record.GetProperty("cache_read_tokens").GetInt64().ShouldBe(400);
        record.GetProperty("cache_write_tokens").GetInt64().ShouldBe(0);
        record.GetProperty("output_tokens").GetInt64().ShouldBe(50);
        record.GetProperty("status").GetString().ShouldBe("completed");
        record.GetProperty("usage_source").GetString().ShouldBe("reported");
        var cost = record.GetProperty("cost_usd").GetDecimal();
        cost.ShouldBe(costUsd);
        record.GetProperty("billed_usd").GetDecimal().ShouldBe(2 * cost);

        var before = await admin.GetDataAsync($"/api/admin/usage?api_key_id={tenant.ApiKeyId}");
        before.GetProperty("totals").GetProperty("cost_usd").GetDecimal().ShouldBe(cost);

        (await admin.PostDataAsync("/api/admin/sync", new { })).GetProperty("records").GetInt32().ShouldBe(1);
        (await admin.GetDataAsync("/api/admin/sync")).GetProperty("pending_records").GetInt32().ShouldBe(0);
        var after = await admin.GetDataAsync($"/api/admin/usage?api_key_id={tenant.ApiKeyId}");
        after.GetRawText().ShouldBe(before.GetRawText());
        (await admin.GetDataAsync($"/api/admin/api-keys/{tenant.ApiKeyId}")).GetProperty("spent_usd").GetDecimal().ShouldBe(2 * cost);
    }
}
