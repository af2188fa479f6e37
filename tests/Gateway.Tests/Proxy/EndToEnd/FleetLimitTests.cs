using System.Net;
using Gateway.Infrastructure.Redis;
using Gateway.Tests.Support;
using Simulator;
using static Gateway.Tests.Support.LimitedTenant;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>The limits of a key hold over three gateways as over one.</summary>
[Collection(nameof(RunsAlone))]
public sealed class FleetLimitTests(Fleet fleet, SharedSimulator simulator) : IClassFixture<Fleet>, IAsyncLifetime
{
    // Reservations are leases of 30 seconds.
    private static readonly TimeSpan LongerThanALease = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await fleet.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task AC_41_F31_of_200_requests_at_once_on_three_gateways_with_money_for_10_no_more_than_10_go_out()
    {
        var tenant = await CreateAsync(fleet.Admin, simulator.Server, new { quota_usd = 10 * Cost });
        var clients = await fleet.CreateClientsAsync(tenant);

        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => StatusAsync(clients[i % clients.Length])));

        statuses.Count(status => status == HttpStatusCode.OK).ShouldBe(10);
        statuses.Count(status => status == HttpStatusCode.TooManyRequests).ShouldBe(190);
        tenant.Upstream.Requests.Count.ShouldBe(10);
        (await SpentAsync(fleet.Admin, tenant, atLeast: 10 * Cost)).ShouldBe(10 * Cost);
    }

    [Fact]
    public async Task F32_what_a_killed_gateway_had_reserved_comes_back_when_its_lease_has_ended()
    {
        var tenant = await CreateAsync(fleet.Admin, simulator.Server, new { quota_usd = 2 * Cost });
        var clients = await fleet.CreateClientsAsync(tenant);
        await using var doomed = await GatewayServer.StartAsync(StorageKind.Servers, store: fleet.Store);
        using var client = tenant.CreateClient(doomed);
        var gate = new Gate();
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("never").HoldHeaders(gate));
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("never").HoldHeaders(gate));
        var lost = Task.WhenAll(StatusAsync(client), StatusAsync(client));
        await Eventually.HoldsAsync(() => tenant.Upstream.Requests.Count == 2);
        (await StatusAsync(clients[0])).ShouldBe(HttpStatusCode.TooManyRequests);

        await doomed.SignalAsync("KILL");
        await doomed.WaitForExitAsync();
        await ((Task)lost).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        await Eventually.HoldsAsync(async () => await StatusAsync(clients[1]) == HttpStatusCode.OK, LongerThanALease);
        (await StatusAsync(clients[2])).ShouldBe(HttpStatusCode.OK);
        await Eventually.HoldsAsync(async () => await StatusAsync(clients[0]) == HttpStatusCode.TooManyRequests);
        gate.Open();
        var key = await fleet.Admin.GetDataAsync($"/api/admin/api-keys/{tenant.ApiKeyId}");
        (await SpentAsync(fleet.Admin, tenant, atLeast: 2 * Cost)).ShouldBe(2 * Cost);
        await Eventually.HoldsAsync(async () => await fleet.MembersAsync(RedisKeys.ReservedLeases(key.GetProperty("user_id").GetInt64(), tenant.ApiKeyId)) == 0);
    }
}
