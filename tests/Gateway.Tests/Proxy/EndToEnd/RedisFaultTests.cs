using System.Net;
using Gateway.Infrastructure.Redis;
using Gateway.Tests.Support;
using static Gateway.Tests.Support.LimitedTenant;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>Redis starts again, is full, has forgotten its last second or its scripts, or refuses the password: nothing is lost, nothing is counted twice.</summary>
public sealed class RedisFaultTests(SharedSimulator simulator) : IAsyncLifetime
{
    private TestStorage _store = null!;
    private OwnRedis _redis = null!;
    private GatewayServer _gateway = null!;
    private HttpClient _admin = null!;
    private Tenant _limited = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = TestStorage.Create();
        _redis = await OwnRedis.StartAsync();
        _gateway = await GatewayServer.StartAsync(
            StorageKind.Servers, new Dictionary<string, string> { ["ConnectionStrings:Redis"] = _redis.ConnectionString }, store: _store);
        _admin = await _gateway.CreateAdminClientAsync();
        _limited = await CreateAsync(_admin, simulator.Server, new { quota_usd = 6 * Cost });
        _client = _limited.CreateClient(_gateway);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _admin.Dispose();
        await _gateway.DisposeAsync();
        await _redis.DisposeAsync();
        _store.Dispose();
    }

    [Fact]
    public async Task F10_a_Redis_that_starts_again_with_its_data_is_used_again()
    {
        await AskAsync(2);
        await _redis.SaveAsync();

        await _redis.StopAsync();
        await BecomesAsync("redis");
        await _redis.StartAgainAsync();
        await BecomesAsync("ok");

        await AskAsync(1);
        await ShouldHaveAsync(3);
    }

    [Fact]
    public async Task F13_a_Redis_without_memory_counts_as_one_that_is_away_and_is_complained_of_once()
    {
        await AskAsync(1);
        await _redis.Server.ConfigSetAsync("maxmemory-policy", "noeviction");
        await _redis.Server.ConfigSetAsync("maxmemory", "1");

        for (var i = 0; i < 3; i++)
        {
            (await StatusAsync(_client)).ShouldBe(HttpStatusCode.OK);
        }

        await Eventually.HoldsAsync(() => _gateway.Output.Contains("Redis does not take ended requests", StringComparison.Ordinal));
        await _redis.Server.ConfigSetAsync("maxmemory", "0");
        await Eventually.HoldsAsync(() => _gateway.Output.Contains("Redis takes ended requests again", StringComparison.Ordinal));
        _gateway.Output.Split("Redis does not take ended requests").Length.ShouldBe(2);
        await ShouldHaveAsync(4);
    }

    [Fact]
    public async Task F15_a_Redis_that_lacks_its_last_second_gets_it_back()
    {
        await AskAsync(2);
        await _admin.PostDataAsync("/api/admin/sync", new { });
        await AskAsync(1);
        await _redis.SaveAsync();
        await AskAsync(2);

        await _redis.StopAsync();
        await BecomesAsync("redis");
        await _redis.StartAgainAsync();
        await BecomesAsync("ok");

        (await SpentAsync(_admin, _limited, atLeast: 5 * Cost)).ShouldBe(5 * Cost);
        await ShouldHaveAsync(5);
        await Eventually.HoldsAsync(async () => await StatusAsync(_client) == HttpStatusCode.OK);
        await Eventually.HoldsAsync(async () => await StatusAsync(_client) == HttpStatusCode.TooManyRequests);
        _limited.Upstream.Requests.Count.ShouldBe(6);
    }

    [Fact]
    public async Task F15_a_Redis_that_still_has_what_the_database_got_meanwhile_adds_nothing_to_it()
    {
        await AskAsync(3);
        await _redis.SaveAsync();
        await _admin.PostDataAsync("/api/admin/sync", new { });

        await _redis.StopAsync();
        await BecomesAsync("redis");
        await _redis.StartAgainAsync();
        await BecomesAsync("ok");

        await ShouldHaveAsync(3);
    }

    [Fact]
    public async Task F16_clients_do_not_notice_that_Redis_forgot_its_scripts_or_cut_a_connection()
    {
        await AskAsync(1);
        await _redis.Server.ScriptFlushAsync();
        await AskAsync(1);

        await _redis.Connection.GetDatabase().ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        await AskAsync(1);

        await BecomesAsync("ok");
        await AskAsync(1);
        await ShouldHaveAsync(4);
    }

    [Fact]
    public async Task F16_a_changed_password_is_shown_and_said()
    {
        await AskAsync(1);
        await _redis.Server.ConfigSetAsync("requirepass", "changed");
        await _redis.Connection.GetDatabase().ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");

        await BecomesAsync("redis");
        (await StatusAsync(_client)).ShouldBe(HttpStatusCode.OK);

        await Eventually.HoldsAsync(() => _gateway.Output.Contains("Redis refuses the user or the password of ConnectionStrings:Redis", StringComparison.Ordinal));
        await _redis.Server.ConfigSetAsync("requirepass", "");
        await BecomesAsync("ok");
        await ShouldHaveAsync(2);
    }

    /// <summary>Requests of the limited key that are settled when this returns.</summary>
    private async Task AskAsync(int times)
    {
        var before = (await _admin.GetDataAsync($"/api/admin/api-keys/{_limited.ApiKeyId}")).GetProperty("spent_usd").GetDecimal();
        for (var i = 0; i < times; i++)
        {
            (await StatusAsync(_client)).ShouldBe(HttpStatusCode.OK);
        }

        await SpentAsync(_admin, _limited, atLeast: before + (times * Cost));
    }

    private Task BecomesAsync(string state) => Eventually.HoldsAsync(
        async () => (await _admin.GetStringAsync("/readyz", Cancel)).Contains($"\"{state}\"", StringComparison.Ordinal));

    /// <summary>Rows, their sums, what the key has spent and what Redis has counted agree.</summary>
    private async Task ShouldHaveAsync(int requests)
    {
        var counters = RedisKeys.DailyUsage(0, _limited.ApiKeyId, DateTime.UnixEpoch).ToString().Replace("{s0}", "{s*}", StringComparison.Ordinal)
            .Replace("19700101", "*", StringComparison.Ordinal);
        await Eventually.HoldsAsync(async () =>
        {
            var counted = 0L;
            await foreach (var key in _redis.Server.KeysAsync(pattern: counters))
            {
                counted += (long)await _redis.Connection.GetDatabase().HashGetAsync(key, "requests");
            }

            counted.ShouldBeLessThanOrEqualTo(requests);
            return counted == requests;
        });
        await _admin.PostDataAsync("/api/admin/sync", new { });
        (await SpentAsync(_admin, _limited)).ShouldBe(requests * Cost);
        var totals = (await _admin.GetDataAsync($"/api/admin/usage?api_key_id={_limited.ApiKeyId}")).GetProperty("totals");
        totals.GetProperty("requests").GetInt64().ShouldBe(requests);
        (await _admin.GetDataAsync($"/api/admin/usage/records?api_key_id={_limited.ApiKeyId}")).GetProperty("items").GetArrayLength().ShouldBe(requests);
    }
}
