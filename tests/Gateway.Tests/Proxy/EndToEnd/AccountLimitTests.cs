using System.Net;
using System.Text.Json;
using Gateway.Tests.Support;
using Simulator;
using static Gateway.Tests.Support.LimitedTenant;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>What operators let accounts be used for: never more, and other accounts take what does not fit.</summary>
public sealed class AccountLimitTests(GatewayOfEach gateways, SharedSimulator simulator) : IClassFixture<GatewayOfEach>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Of_200_requests_at_once_on_an_account_with_a_budget_for_10_no_more_than_10_go_out(StorageKind storage)
    {
        var (_, tenant, client) = await TenantAsync(storage, new { daily_budget_usd = 10 * Cost });

        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => StatusAsync(client)));

        statuses.Count(status => status == HttpStatusCode.OK).ShouldBe(10);
        statuses.Count(status => status == HttpStatusCode.TooManyRequests).ShouldBe(190);
        tenant.Upstream.Requests.Count.ShouldBe(10);
    }

    [Fact]
    public async Task What_does_not_fit_into_the_minute_of_an_account_goes_to_the_next_one()
    {
        var (_, tenant, client) = await TenantAsync(StorageKind.Embedded, new { requests_per_minute = 3, priority = 1 });
        var (second, _) = await tenant.AddAccountAsync(simulator.Server, "openai", new { priority = 2 });
        second.Default = tenant.Upstream.Default;
        await WithinAMinuteAsync();

        for (var i = 0; i < 7; i++)
        {
            (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        }

        tenant.Upstream.Requests.Count.ShouldBe(3);
        second.Requests.Count.ShouldBe(4);
        var log = await tenant.RequestLogAsync();
        log.GetProperty("trace").GetProperty("attempts")[0].GetProperty("passed_over")[0].GetProperty("state").GetString().ShouldBe("limited");
    }

    [Fact]
    public async Task Where_all_accounts_have_reached_their_limits_the_client_is_told_when_to_come_back()
    {
        var (_, tenant, client) = await TenantAsync(StorageKind.Embedded, new { requests_per_minute = 1 });
        await WithinAMinuteAsync();
        (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK);

        using var refused = await AskAsync(client);

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        var error = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(Cancel)).RootElement.GetProperty("error");
        error.GetProperty("message").GetString()!.ShouldContain("have reached a limit");
        tenant.Upstream.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Tokens_of_a_minute_are_reserved_and_settled()
    {
        var (_, tenant, client) = await TenantAsync(StorageKind.Embedded, new { tokens_per_minute = 1_000 });
        tenant.Upstream.Default = ScriptedAnswer.Text("short").WithUsage(input: 10, output: 10);
        await WithinAMinuteAsync();

        // Each reserves more than half of what there is, and uses a fiftieth.
        await Eventually.HoldsAsync(async () => await StatusAsync(client, maxTokens: 700) == HttpStatusCode.OK);
        await Eventually.HoldsAsync(async () => await StatusAsync(client, maxTokens: 700) == HttpStatusCode.OK);
        tenant.Upstream.Default = ScriptedAnswer.Text("long").WithUsage(input: 10, output: 970);
        await Eventually.HoldsAsync(async () => await StatusAsync(client, maxTokens: 700) == HttpStatusCode.OK);
        await Eventually.HoldsAsync(async () => await StatusAsync(client, maxTokens: 1) == HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task What_an_account_has_failed_takes_nothing_from_its_budget()
    {
        var (_, tenant, client) = await TenantAsync(StorageKind.Embedded, new { daily_budget_usd = Cost });
        tenant.Upstream.Enqueue(ScriptedAnswer.Error(400));

        (await StatusAsync(client)).ShouldBe(HttpStatusCode.BadRequest);

        await Eventually.HoldsAsync(async () => await StatusAsync(client) == HttpStatusCode.OK);
        await Eventually.HoldsAsync(async () => await StatusAsync(client) == HttpStatusCode.TooManyRequests);
        tenant.Upstream.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_operator_who_raises_a_budget_is_obeyed_at_once()
    {
        var (gateway, tenant, client) = await TenantAsync(StorageKind.Embedded, new { daily_budget_usd = Cost });
        (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        await Eventually.HoldsAsync(async () => await StatusAsync(client) == HttpStatusCode.TooManyRequests);

        var admin = await gateway.CreateAdminClientAsync();
        await admin.PutDataAsync($"/api/admin/accounts/{tenant.AccountId}", new { daily_budget_usd = 2 * Cost });

        await Eventually.HoldsAsync(async () => await StatusAsync(client) == HttpStatusCode.OK);
        await Eventually.HoldsAsync(async () => await StatusAsync(client) == HttpStatusCode.TooManyRequests);
        tenant.Upstream.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_budget_that_is_set_in_the_middle_of_a_day_counts_what_the_day_has_cost_before()
    {
        var (gateway, tenant, client) = await TenantAsync(StorageKind.Embedded, new { });
        (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        var admin = await gateway.CreateAdminClientAsync();
        (await SpentAsync(admin, tenant, atLeast: 2 * Cost)).ShouldBe(2 * Cost);

        await admin.PutDataAsync($"/api/admin/accounts/{tenant.AccountId}", new { daily_budget_usd = 3 * Cost });

        await Eventually.HoldsAsync(async () => await StatusAsync(client) == HttpStatusCode.TooManyRequests);
        tenant.Upstream.Requests.Count.ShouldBeLessThanOrEqualTo(5, "the gateway may not have heard of the budget at once");
    }

    private async Task<(GatewayServer Gateway, Tenant Tenant, HttpClient Client)> TenantAsync(StorageKind storage, object account)
    {
        var gateway = await gateways.OnAsync(storage);
        var tenant = await CreateAsync(await gateway.CreateAdminClientAsync(), simulator.Server, account: account);
        return (gateway, tenant, tenant.CreateClient(gateway));
    }

    /// <summary>Waits until so much of the present minute is left that a test ends in it.</summary>
    private static Task WithinAMinuteAsync() => Eventually.HoldsAsync(() => DateTime.UtcNow.Second < 50, TimeSpan.FromSeconds(30));
}
