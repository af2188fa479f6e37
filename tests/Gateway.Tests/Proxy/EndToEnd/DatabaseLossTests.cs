using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Support;
using MySqlConnector;
using static Gateway.Tests.Support.LimitedTenant;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>The database goes away, hangs and comes back: clients do not notice, nothing is lost, nothing is counted twice.</summary>
public sealed class DatabaseLossTests(SharedSimulator simulator) : IAsyncLifetime
{
    private TestStorage _store = null!;
    private TcpRelay _relay = null!;
    private GatewayServer _gateway = null!;
    private HttpClient _admin = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = TestStorage.Create();
        var mySql = new MySqlConnectionStringBuilder(_store.MySql);
        _relay = new TcpRelay(mySql.Server, (int)mySql.Port);
        _relay.Open();
        (mySql.Server, mySql.Port) = ("127.0.0.1", (uint)_relay.Port);
        _gateway = await GatewayServer.StartAsync(
            StorageKind.Servers, new Dictionary<string, string> { ["ConnectionStrings:MySql"] = mySql.ToString() }, store: _store);
        _admin = await _gateway.CreateAdminClientAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _gateway.DisposeAsync();
        await _relay.DisposeAsync();
        _store.Dispose();
    }

    [Fact]
    public async Task AC_39_AC_40_F17_requests_go_on_without_the_database_and_all_are_written_once_when_it_is_back()
    {
        var (limited, unlimited) = (await CreateAsync(_admin, simulator.Server, new { quota_usd = 20 * Cost }), await CreateAsync(_admin, simulator.Server, new { }));
        using var client = limited.CreateClient(_gateway);
        using var free = unlimited.CreateClient(_gateway);
        (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        await LoseDatabaseAsync();

        for (var i = 0; i < 6; i++)
        {
            (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK, "what the key has used is known in Redis");
            (await StatusAsync(free)).ShouldBe(HttpStatusCode.OK);
        }

        using (var refused = await _admin.PostAsJsonAsync("/api/admin/sync", new { }, Cancel))
        {
            await refused.ErrorAsync(503);
        }

        _relay.Open();
        await Eventually.HoldsAsync(async () =>
        {
            using var synced = await _admin.PostAsJsonAsync("/api/admin/sync", new { }, Cancel);
            return synced.IsSuccessStatusCode;
        });
        (await RecordsAsync(limited)).ShouldBe(7);
        (await RecordsAsync(unlimited)).ShouldBe(6);
        (await SpentAsync(_admin, limited)).ShouldBe(7 * Cost);
        var sync = await _admin.GetDataAsync("/api/admin/sync");
        sync.GetProperty("pending_records").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task F17_a_limited_key_whose_use_is_not_known_waits_for_the_database()
    {
        var limited = await CreateAsync(_admin, simulator.Server, new { quota_usd = 20 * Cost });
        using var client = limited.CreateClient(_gateway);
        await LoseDatabaseAsync();

        using var refused = await AskAsync(client);
        _relay.Open();

        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 10);
        await Eventually.HoldsAsync(async () => await StatusAsync(client) == HttpStatusCode.OK);
        limited.Upstream.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task AC_40_F20_requests_do_not_wait_for_a_database_that_hangs()
    {
        var limited = await CreateAsync(_admin, simulator.Server, new { quota_usd = 20 * Cost });
        using var client = limited.CreateClient(_gateway);
        (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        _relay.Hold();

        for (var i = 0; i < 5; i++)
        {
            (await StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        }

        _relay.Release();
        limited.Upstream.Requests.Count.ShouldBe(6);
    }

    private async Task LoseDatabaseAsync()
    {
        await _relay.CloseAsync();
        await Eventually.HoldsAsync(async () => (await _gateway.CreateClient().GetFromJsonAsync<JsonElement>("/readyz", Cancel)).GetProperty("status").GetString() == "degraded");
    }

    private async Task<int> RecordsAsync(Tenant tenant) => (await _admin.GetDataAsync($"/api/admin/usage/records?api_key_id={tenant.ApiKeyId}")).GetProperty("items").GetArrayLength();
}
