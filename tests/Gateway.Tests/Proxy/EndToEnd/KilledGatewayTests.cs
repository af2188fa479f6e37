using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gateway.Infrastructure.Redis;
using Gateway.Tests.Support;
using MySqlConnector;
using Simulator;
using StackExchange.Redis;

namespace Gateway.Tests.Proxy.EndToEnd;

/// <summary>A gateway is killed at each step of writing down what a request uses: the next one has it once, whatever step that was.</summary>
public sealed class KilledGatewayTests(SharedSimulator simulator) : IAsyncLifetime
{
    private TestStorage _store = null!;
    private TcpRelay _relay = null!;
    private GatewayServer _gateway = null!;
    private HttpClient _admin = null!;
    private ConnectionMultiplexer _redis = null!;
    private volatile Action<string>? _onSent;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = TestStorage.Create();
        var redis = ConfigurationOptions.Parse(_store.Redis);
        var server = (IPEndPoint)redis.EndPoints[0];
        _relay = new TcpRelay(server.Address.ToString(), server.Port) { Sent = bytes => _onSent?.Invoke(Encoding.Latin1.GetString(bytes.Span)) };
        _relay.Open();
        redis.EndPoints[0] = new IPEndPoint(IPAddress.Loopback, _relay.Port);
        _redis = await ConnectionMultiplexer.ConnectAsync(_store.Redis);
        _gateway = await GatewayServer.StartAsync(
            StorageKind.Servers, new Dictionary<string, string> { ["ConnectionStrings:Redis"] = redis.ToString(includePassword: true) }, store: _store);
        _admin = await _gateway.CreateAdminClientAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _gateway.DisposeAsync();
        await _relay.DisposeAsync();
        await _redis.DisposeAsync();
        _store.Dispose();
    }

    [Fact]
    public async Task F01_a_request_that_had_only_its_reservation_costs_nothing()
    {
        var limited = await LimitedTenant.CreateAsync(_admin, simulator.Server, new { quota_usd = 2 * LimitedTenant.Cost });
        using var client = limited.CreateClient(_gateway);
        (await LimitedTenant.StatusAsync(client)).ShouldBe(HttpStatusCode.OK);
        await LimitedTenant.SpentAsync(_admin, limited, atLeast: LimitedTenant.Cost);
        var (userId, _) = await OwnerAsync(limited);
        var leases = RedisKeys.ReservedLeases(userId, limited.ApiKeyId);
        _onSent = sent => HoldAnswersIf(sent.Contains("EVAL", StringComparison.Ordinal) && sent.Contains(leases.ToString(), StringComparison.Ordinal));

        var cut = LimitedTenant.StatusAsync(client);
        await Eventually.HoldsAsync(async () => await _redis.GetDatabase().SortedSetLengthAsync(leases) == 1);
        await KillAsync();

        await Should.ThrowAsync<HttpRequestException>(cut);
        await using var next = await StartNextAsync();
        (await RecordsAsync(next, limited)).Count.ShouldBe(1);
        using var admin = await next.CreateAdminClientAsync();
        (await LimitedTenant.SpentAsync(admin, limited)).ShouldBe(LimitedTenant.Cost);
        limited.Upstream.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task F02_a_request_that_had_no_answer_yet_is_on_record_as_an_estimate()
    {
        var tenant = await Tenant.OpenAiAsync(_admin, simulator.Server);
        using var client = tenant.CreateClient(_gateway);
        var gate = new Gate();
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("late").HoldHeaders(gate));
        var cut = client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);
        await gate.WaitUntilReachedAsync(Cancel);

        await KillAsync();

        await Should.ThrowAsync<HttpRequestException>(cut);
        gate.Open();
        await using var next = await StartNextAsync();
        var record = (await RecordsAsync(next, tenant)).ShouldHaveSingleItem();
        record.GetProperty("usage_source").GetString().ShouldBe("estimated");
        record.GetProperty("output_tokens").GetInt64().ShouldBe(0);
        record.GetProperty("billed_usd").GetDecimal().ShouldBe(0);
        tenant.Upstream.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task F04_a_stream_whose_last_event_is_missing_is_on_record_once()
    {
        var tenant = await Tenant.OpenAiAsync(_admin, simulator.Server);
        using var client = tenant.CreateClient(_gateway);
        tenant.Upstream.Enqueue(ScriptedAnswer.Text("one", "two").WithUsage(input: 10, output: 20).WithoutTerminalEvent().StallAfterEvent(4));
        using var open = await client.PostStreamAsync("/v1/chat/completions", Bodies.Chat("hi", stream: true), Cancel);
        using var reader = new StreamReader(await open.Content.ReadAsStreamAsync(Cancel));
        while (!(await reader.ReadLineAsync(Cancel))!.Contains("two", StringComparison.Ordinal))
        {
        }

        await KillAsync();

        await using var next = await StartNextAsync();
        var record = (await RecordsAsync(next, tenant)).ShouldHaveSingleItem();
        record.GetProperty("request_id").GetString().ShouldBe(open.RequestId());
        record.GetProperty("usage_source").GetString().ShouldBe("estimated");
        await ShouldCountAsync(tenant, 1);
    }

    [Fact]
    public async Task F05_F08_what_was_only_in_the_spool_is_there_once_though_its_delivery_is_killed_too()
    {
        var tenant = await Tenant.OpenAiAsync(_admin, simulator.Server);
        await AskAsync(tenant);
        await _admin.PostDataAsync("/api/admin/sync", new { });
        await _relay.CloseAsync();
        for (var i = 0; i < 5; i++)
        {
            await AskAsync(tenant);
        }

        await KillAsync();
        await using var database = new MySqlConnection(_store.MySql);
        await database.OpenAsync(Cancel);
        await using (var locking = await database.BeginTransactionAsync(Cancel))
        {
            // The delivery has inserted its records by then, and added them to two of the sums.
            await ExecuteAsync(database, locking, $"SELECT id FROM api_keys WHERE id = {tenant.ApiKeyId} FOR UPDATE");
            await using var dying = GatewayServer.Launch(StorageKind.Servers, null, _gateway.DataDirectory, _store);
            await WaitForLockWaitAsync();
            await dying.SignalAsync("KILL");
            await dying.WaitForExitAsync();
            await locking.RollbackAsync(Cancel);
        }

        await using var next = await StartNextAsync();
        var records = await RecordsAsync(next, tenant);
        records.Count.ShouldBe(6);
        records.ShouldAllBe(record => record.GetProperty("usage_source").GetString() == "reported");
        await ShouldCountAsync(tenant, 6);
        await ShouldSumAsync(6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task F06_a_request_that_Redis_took_and_nobody_heard_of_it_is_counted_once(bool isKilled)
    {
        var tenant = await Tenant.OpenAiAsync(_admin, simulator.Server);
        await AskAsync(tenant);
        await tenant.UsageRecordAsync();
        var (_, shard) = await OwnerAsync(tenant);
        _onSent = sent => HoldAnswersIf(sent.Contains("client_format", StringComparison.Ordinal));
        await AskAsync(tenant);
        await Eventually.HoldsAsync(async () => await _redis.GetDatabase().ListLengthAsync(RedisKeys.Queue(shard)) == 2);
        _onSent = null;

        if (isKilled)
        {
            await KillAsync();
        }
        else
        {
            await _relay.CloseAsync();
            _relay.Open();
            await Eventually.HoldsAsync(async () => (await _admin.GetStringAsync("/readyz", Cancel)).Contains("\"ok\"", StringComparison.Ordinal));
            await AskAsync(tenant);
            await _gateway.StopAsync();
        }

        await using var next = await StartNextAsync();
        (await RecordsAsync(next, tenant)).Count.ShouldBe(isKilled ? 2 : 3);
        await ShouldCountAsync(tenant, isKilled ? 2 : 3);
        await ShouldSumAsync(isKilled ? 2 : 3);
    }

    [Fact]
    public async Task F07_a_page_that_was_stored_and_not_removed_from_the_queue_adds_nothing_when_it_is_read_again()
    {
        var tenant = await Tenant.OpenAiAsync(_admin, simulator.Server);
        for (var i = 0; i < 3; i++)
        {
            await tenant.UsageRecordAsync(await AskAsync(tenant));
        }

        var (_, shard) = await OwnerAsync(tenant);
        var trim = RedisKeys.QueueBase(shard).ToString();
        _onSent = sent =>
        {
            if (sent.Contains("EVAL", StringComparison.Ordinal) && sent.Contains(trim, StringComparison.Ordinal))
            {
                _relay.Hold();
            }
        };
        var cut = _admin.PostAsJsonAsync("/api/admin/sync", new { }, Cancel);
        await Eventually.HoldsAsync(async () => await CountRowsAsync("SELECT COUNT(*) FROM usage_records") == 3);

        await KillAsync();

        await Should.ThrowAsync<HttpRequestException>(cut);
        (await _redis.GetDatabase().ListLengthAsync(RedisKeys.Queue(shard))).ShouldBe(3);
        await using var next = await StartNextAsync();
        (await RecordsAsync(next, tenant)).Count.ShouldBe(3);
        (await _redis.GetDatabase().ListLengthAsync(RedisKeys.Queue(shard))).ShouldBe(0);
        await ShouldCountAsync(tenant, 3);
        await ShouldSumAsync(3);
    }

    private void HoldAnswersIf(bool isIt)
    {
        if (isIt)
        {
            _relay.HoldAnswers();
        }
    }

    private async Task KillAsync()
    {
        await _gateway.SignalAsync("KILL");
        (await _gateway.WaitForExitAsync()).ShouldBe(137);
    }

    /// <summary>The next gateway on the same data, which talks to Redis itself.</summary>
    private Task<GatewayServer> StartNextAsync() => GatewayServer.StartAsync(StorageKind.Servers, dataDirectory: _gateway.DataDirectory, store: _store);

    private async Task<string> AskAsync(Tenant tenant)
    {
        using var client = tenant.CreateClient(_gateway);
        using var response = await client.PostAsJsonAsync("/v1/chat/completions", Bodies.Chat("hi"), Cancel);
        response.EnsureSuccessStatusCode();
        return response.RequestId();
    }

    private async Task<(long UserId, int Shard)> OwnerAsync(Tenant tenant)
    {
        var userId = (await _admin.GetDataAsync($"/api/admin/api-keys/{tenant.ApiKeyId}")).GetProperty("user_id").GetInt64();
        return (userId, RedisKeys.ShardOf(userId));
    }

    /// <summary>What the database has after a sync.</summary>
    private static async Task<List<JsonElement>> RecordsAsync(GatewayServer gateway, Tenant tenant)
    {
        using var admin = await gateway.CreateAdminClientAsync();
        await admin.PostDataAsync("/api/admin/sync", new { });
        return [.. (await admin.GetDataAsync($"/api/admin/usage/records?api_key_id={tenant.ApiKeyId}")).GetProperty("items").EnumerateArray()];
    }

    private async Task ShouldCountAsync(Tenant tenant, int requests)
    {
        var counted = 0L;
        await foreach (var key in _redis.GetServers()[0].KeysAsync(
            _redis.GetDatabase().Database, RedisKeys.DailyUsage(0, tenant.ApiKeyId, DateTime.UnixEpoch).ToString().Replace("{s0}", "{s*}", StringComparison.Ordinal)
                .Replace("19700101", "*", StringComparison.Ordinal)))
        {
            counted += (long)await _redis.GetDatabase().HashGetAsync(key, "requests");
        }

        counted.ShouldBe(requests);
    }

    private async Task ShouldSumAsync(int requests)
    {
        foreach (var table in (string[])["hourly_usages", "daily_usages"])
        {
            (await CountRowsAsync($"SELECT SUM(requests) FROM {table}")).ShouldBe(requests, table);
            (await CountRowsAsync($"SELECT (SELECT SUM(cost_nano_usd) FROM {table}) - (SELECT SUM(cost_nano_usd) FROM usage_records)")).ShouldBe(0, table);
        }
    }

    private async Task<long> CountRowsAsync(string sql)
    {
        await using var database = new MySqlConnection(_store.MySql);
        await database.OpenAsync(Cancel);
        return Convert.ToInt64(await ExecuteAsync(database, null, sql), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<object?> ExecuteAsync(MySqlConnection database, MySqlTransaction? transaction, string sql)
    {
        await using var command = new MySqlCommand(sql, database, transaction);
        return await command.ExecuteScalarAsync(Cancel);
    }

    /// <summary>Waits until somebody waits for the lock of a key.</summary>
    private Task WaitForLockWaitAsync() => Eventually.HoldsAsync(async () => await CountRowsAsync(
        "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'UPDATE api_keys%'") > 0);
}
