using System.Net;
using System.Text.Json;
using Gateway.Tests.Support;
using static Gateway.Tests.Support.LimitedTenant;

namespace Gateway.Tests.Features.Prices;

/// <summary>AC-18: what was priced wrongly can be put right, without a record being changed.</summary>
public sealed class RerateUsageTests(GatewayOfEach gateways, SharedSimulator simulator) : IClassFixture<GatewayOfEach>
{
    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Past_requests_get_the_price_that_holds_now_for_their_time_and_a_second_run_changes_nothing(StorageKind storage)
    {
        const string Shipped = "gpt-4o-mini";
        var gateway = await gateways.OnAsync(storage);
        using var admin = await gateway.CreateAdminClientAsync();
        var tenant = await CreateAsync(admin, simulator.Server, new { quota_usd = 100 * Cost, rate_multiplier = 2 });
        using var client = tenant.CreateClient(gateway);
        for (var i = 0; i < 3; i++)
        {
            using var answer = await AskAsync(client, model: Shipped);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        var shipped = await SpentAsync(admin, tenant, atLeast: 0.000_000_001m);
        var before = await RecordsAsync(admin, tenant);
        var now = DateTime.UtcNow;
        await admin.PutDataAsync($"/api/admin/prices/openai/{Shipped}", new { effective_from = now.AddHours(-1), prices = new { input = 0, output = 10 } });
        await Eventually.HoldsAsync(async () =>
        {
            using var answer = await AskAsync(client, model: Shipped);
            return (await tenant.UsageRecordAsync(answer.RequestId())).GetProperty("cost_usd").GetDecimal() == Cost;
        });
        var since = (await RecordsAsync(admin, tenant)).Count - 3;

        var first = await RerateAsync(admin, Shipped, now);
        var again = await RerateAsync(admin, Shipped, now);

        (first.GetProperty("status").GetString(), again.GetProperty("status").GetString()).ShouldBe(("done", "done"));
        first.GetProperty("changed").GetInt64().ShouldBeInRange(3, 3 + since);
        again.GetProperty("changed").GetInt64().ShouldBe(0);
        var due = (3 + since) * 2 * Cost;
        first.GetProperty("delta_billed_usd").GetDecimal().ShouldBeGreaterThanOrEqualTo((3 * 2 * Cost) - shipped);
        (await SpentAsync(admin, tenant)).ShouldBe(due);
        (await admin.GetDataAsync($"/api/admin/usage?api_key_id={tenant.ApiKeyId}")).GetProperty("totals").GetProperty("billed_usd").GetDecimal().ShouldBe(due);
        before.Count.ShouldBe(3);
        (await RecordsAsync(admin, tenant)).Count.ShouldBe(3 + since);

        // What is enforced has changed with it.
        await admin.PutDataAsync($"/api/admin/api-keys/{tenant.ApiKeyId}", new { quota_usd = due + Cost });
        await Eventually.HoldsAsync(async () => await StatusAsync(client) == HttpStatusCode.TooManyRequests);
    }

    private static async Task<List<JsonElement>> RecordsAsync(HttpClient admin, Tenant tenant) =>
        [.. (await admin.GetDataAsync($"/api/admin/usage/records?api_key_id={tenant.ApiKeyId}")).GetProperty("items").EnumerateArray()];

    private static async Task<JsonElement> RerateAsync(HttpClient admin, string model, DateTime now)
    {
        var job = (await admin.PostDataAsync("/api/admin/prices/rerate", new { platform = "openai", model, from = now.AddHours(-1), to = now.AddHours(1) })).GetProperty("job_id").GetString();
        JsonElement view = default;
        await Eventually.HoldsAsync(async () =>
        {
            view = await admin.GetDataAsync($"/api/admin/prices/rerate/{job}");
            return view.GetProperty("status").GetString() is "done" or "failed";
        });
        return view;
    }
}
