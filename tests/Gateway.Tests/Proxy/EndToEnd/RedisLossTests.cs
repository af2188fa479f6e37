using System.Net;
using System.Net.Http.Json;
using Gateway.Infrastructure.Redis;
using Gateway.Tests.Support;
using Simulator;
using StackExchange.Redis;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Redis goes away, hangs and comes back: nothing is lost, nothing is counted twice, and nothing is shown as zero.</summary>
public sealed class RedisLossTests(SharedSimulator simulator) : IAsyncLifetime
{
    private TestStorage _store = null!;
    private TcpRelay _relay = null!;
    private GatewayServer _gateway = null!;
    private HttpClient _admin = null!;
    private Tenant _tenant = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = TestStorage.Create();
        var redis = ConfigurationOptions.Parse(_store.Redis);
        var server = (IPEndPoint)redis.EndPoints[0];
        _relay = new TcpRelay(server.Address.ToString(), server.Port);
        _relay.Open();
        redis.EndPoints[0] = new IPEndPoint(IPAddress.Loopback, _relay.Port);
        _gateway = await GatewayServer.StartAsync(
            StorageKind.Servers,
            new Dictionary<string, string> { ["ConnectionStrings:Redis"] = redis.ToString(includePassword: true) },
            store: _store);
        _admin = await _gateway.CreateAdminClientAsync();
        _tenant = await Tenant.OpenAiAsync(_admin, simulator.Server);
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _gateway.DisposeAsync();
        await _relay.DisposeAsync();
        _store.Dispose();
    }

    [Fact]
    public async Task F11_a_request_that_ends_while_Redis_is_away_is_shown_as_soon_as_it_is_back()
    {
        await _tenant.UsageRecordAsync(await AskAsync());
        await LoseRedisAsync();
        var during = await AskAsync();

        _relay.Open();

        await _tenant.UsageRecordAsync(during);
        (await CountedAsync("requests")).ShouldBe(2);
        await SyncAsync();
        await ShouldHaveAsync(requests: 2);
        (await _admin.GetDataAsync("/api/admin/sync")).GetProperty("pending_records").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task F11_a_sync_while_Redis_is_away_covers_what_ended_before_and_the_counters_follow_when_it_is_back()
    {
        await _tenant.UsageRecordAsync(await AskAsync());
        await LoseRedisAsync();
        await AskAsync();
        await AskAsync();

        var moved = await SyncAsync();

        moved.ShouldBeGreaterThanOrEqualTo(2);
        await ShouldHaveAsync(requests: moved);
        _relay.Open();
        await Eventually.HoldsAsync(async () => await CountedAsync("requests") == 3);
        await SyncAsync();
        await ShouldHaveAsync(requests: 3);
        (await CountedAsync("requests")).ShouldBe(3);
        var totals = await TotalsAsync();
        (await CountedAsync("output_tokens")).ShouldBe(totals.GetProperty("output_tokens").GetInt64());
        (await CountedAsync("cost_nano_usd")).ShouldBe((long)(totals.GetProperty("cost_usd").GetDecimal() * 1_000_000_000));
    }

    [Fact]
    public async Task F11_the_scheduled_sync_runs_while_Redis_is_away()
    {
        await _admin.PutDataAsync("/api/admin/configs/sync.interval", new { value = 1 });
        await LoseRedisAsync();

        var id = await AskAsync();

        // There is no queue to read: what is shown is in the database.
        await _tenant.UsageRecordAsync(id);
    }

    [Fact]
    public async Task F14_while_Redis_hangs_an_ended_request_is_on_disk_before_anybody_waits_for_Redis()
    {
        await _tenant.UsageRecordAsync(await AskAsync());
        _relay.Hold();
        for (var i = 0; i < 5; i++)
        {
            await AskAsync();
        }

        await _gateway.SignalAsync("KILL");
        await _gateway.WaitForExitAsync();
        await using var second = await GatewayServer.StartAsync(StorageKind.Servers, dataDirectory: _gateway.DataDirectory, store: _store);

        using var admin = await second.CreateAdminClientAsync();
        await admin.PostDataAsync("/api/admin/sync", new { });
        var records = (await admin.GetDataAsync($"/api/admin/usage/records?api_key_id={_tenant.ApiKeyId}")).GetProperty("items").EnumerateArray().ToList();
        records.Count.ShouldBe(6);
        records.ShouldAllBe(record => record.GetProperty("status").GetString() == "completed" && record.GetProperty("usage_source").GetString() == "reported");
        (await CountedAsync("requests")).ShouldBe(6);
    }

    [Theory]
    [InlineData("/api/admin/usage")]
    [InlineData("/api/admin/usage/daily")]
    [InlineData("/api/admin/usage/records")]
    [InlineData("/api/admin/request-logs")]
    [InlineData("/api/admin/api-keys")]
    public async Task F14_usage_that_Redis_does_not_tell_is_not_shown_as_zero(string path)
    {
        await _tenant.UsageRecordAsync(await AskAsync());
        _relay.Hold();

        using var refused = await _admin.GetAsync(path, Cancel);

        await refused.ErrorAsync(503);
        _relay.Release();
        await Eventually.HoldsAsync(async () =>
        {
            using var answered = await _admin.GetAsync(path, Cancel);
            return answered.IsSuccessStatusCode;
        });
    }

    [Fact]
    public async Task F11_a_limited_key_goes_on_while_Redis_is_away_with_what_was_left_to_it_and_never_beyond()
    {
        var limited = await LimitedTenant.CreateAsync(_admin, simulator.Server, new { quota_usd = 6 * LimitedTenant.Cost });
        using var client = limited.CreateClient(_gateway);
        (await LimitedTenant.StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        (await LimitedTenant.StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        await LimitedTenant.SpentAsync(_admin, limited, atLeast: 2 * LimitedTenant.Cost);
        await LoseRedisAsync();

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 6; i++)
        {
            statuses.Add(await LimitedTenant.StatusAsync(client));
        }

        _relay.Open();
        statuses.ShouldBe([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable]);
        await Eventually.HoldsAsync(async () => await LimitedTenant.StatusAsync(client) == HttpStatusCode.TooManyRequests);
        (await LimitedTenant.SpentAsync(_admin, limited, atLeast: 6 * LimitedTenant.Cost)).ShouldBe(6 * LimitedTenant.Cost);
        limited.Upstream.Requests.Count.ShouldBe(6);
    }

    [Fact]
    public async Task F11_a_limited_key_that_nobody_has_heard_of_is_refused_with_503_while_Redis_is_away_and_others_go_on()
    {
        var limited = await LimitedTenant.CreateAsync(_admin, simulator.Server, new { quota_usd = LimitedTenant.Cost });
        var slow = await LimitedTenant.CreateAsync(_admin, simulator.Server, new { requests_per_minute = 1000 });
        using var client = limited.CreateClient(_gateway);
        using var clientOfSlow = slow.CreateClient(_gateway);
        await LoseRedisAsync();

        using var refused = await LimitedTenant.AskAsync(client);
        (await LimitedTenant.StatusAsync(clientOfSlow)).ShouldBe(HttpStatusCode.OK, "a minute's limit soon begins anew, known or not");
        await AskAsync();

        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 10);
    }

    [Fact]
    public async Task F12_what_a_key_has_used_survives_a_Redis_that_lost_everything()
    {
        var limited = await LimitedTenant.CreateAsync(_admin, simulator.Server, new { quota_usd = 6 * LimitedTenant.Cost });
        using var client = limited.CreateClient(_gateway);
        (await LimitedTenant.StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        await LimitedTenant.SpentAsync(_admin, limited, atLeast: LimitedTenant.Cost);
        await SyncAsync();
        (await LimitedTenant.StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        (await LimitedTenant.StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        await LimitedTenant.SpentAsync(_admin, limited, atLeast: 3 * LimitedTenant.Cost);

        await FlushAsync();

        await LimitedTenant.SpentAsync(_admin, limited, atLeast: 3 * LimitedTenant.Cost);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => LimitedTenant.StatusAsync(client)));
        statuses.Count(status => status == HttpStatusCode.OK).ShouldBe(3);
        (await LimitedTenant.SpentAsync(_admin, limited, atLeast: 6 * LimitedTenant.Cost)).ShouldBe(6 * LimitedTenant.Cost);
        await SyncAsync();
        (await LimitedTenant.SpentAsync(_admin, limited)).ShouldBe(6 * LimitedTenant.Cost);
        await Eventually.HoldsAsync(async () => await LimitedTenant.StatusAsync(client) == HttpStatusCode.TooManyRequests);
        limited.Upstream.Requests.Count.ShouldBe(6);
    }

    [Fact]
    public async Task F12_a_request_under_way_keeps_its_reservation_though_Redis_loses_it()
    {
        var limited = await LimitedTenant.CreateAsync(_admin, simulator.Server, new { quota_usd = LimitedTenant.Cost });
        using var client = limited.CreateClient(_gateway);
        var gate = new Gate();
        limited.Upstream.Enqueue(ScriptedAnswer.Text("late").WithUsage(input: 10, output: LimitedTenant.MaxTokens).HoldHeaders(gate));
        var first = LimitedTenant.StatusAsync(client);
        await gate.WaitUntilReachedAsync(Cancel);

        await _relay.CloseAsync();
        await FlushAsync();
        _relay.Open();

        await Eventually.HoldsAsync(async () => await LimitedTenant.StatusAsync(client) == HttpStatusCode.TooManyRequests);
        gate.Open();
        (await first).ShouldBe(HttpStatusCode.OK);
        limited.Upstream.Requests.Count.ShouldBe(1);
    }

    private async Task FlushAsync()
    {
        var options = ConfigurationOptions.Parse(_store.Redis);
        options.AllowAdmin = true;
        await using var redis = await ConnectionMultiplexer.ConnectAsync(options);
        await redis.GetServers()[0].FlushDatabaseAsync(options.DefaultDatabase ?? 0);
    }

    private async Task LoseRedisAsync()
    {
        await _relay.CloseAsync();
        await Eventually.HoldsAsync(async () => (await _admin.GetStringAsync("/readyz", Cancel)).Contains("redis", StringComparison.Ordinal));
    }

    private async Task<string> AskAsync()
    {
        using var client = _tenant.CreateClient(_gateway);
        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);
        response.EnsureSuccessStatusCode();
        return response.RequestId();
    }

    private async Task<int> SyncAsync() => (await _admin.PostDataAsync("/api/admin/sync", new { })).GetProperty("records").GetInt32();

    private async Task ShouldHaveAsync(int requests) => (await TotalsAsync()).GetProperty("requests").GetInt64().ShouldBe(requests);

    private async Task<System.Text.Json.JsonElement> TotalsAsync() =>
        (await _admin.GetDataAsync($"/api/admin/usage?api_key_id={_tenant.ApiKeyId}")).GetProperty("totals");

    /// <summary>One of the counters of the key, over all of its days.</summary>
    private async Task<long> CountedAsync(string counter)
    {
        var options = ConfigurationOptions.Parse(_store.Redis);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(options);
        var days = RedisKeys.DailyUsage(0, _tenant.ApiKeyId, DateTime.UnixEpoch).ToString().Replace("{s0}", "{s*}", StringComparison.Ordinal)
            .Replace("19700101", "*", StringComparison.Ordinal);
        var sum = 0L;
        await foreach (var key in redis.GetServers()[0].KeysAsync(options.DefaultDatabase ?? 0, days))
        {
            sum += (long)await redis.GetDatabase().HashGetAsync(key, counter);
        }

        return sum;
    }
}
