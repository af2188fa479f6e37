using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Metering.Store;
using Gateway.Tests.Support;
using MySqlConnector;

namespace Gateway.Tests.Proxy.Metering.Store;

/// <summary>Several writers of the same rows, and a database that breaks a batch off: each request is there once, and in each sum once.</summary>
public sealed class UsageStoreTests : IAsyncLifetime
{
    private static readonly DateTime Start = new(2026, 3, 10, 8, 0, 0, DateTimeKind.Utc);

    private UsageGateway _gateway = null!;
    private ApiKey _key = null!;
    private Account _account = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _gateway = await UsageGateway.StartAsync(StorageKind.Servers);
        _key = await _gateway.AddKeyAsync();
        _account = await _gateway.AddAccountAsync();
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task F34_instances_that_write_the_same_requests_at_the_same_time_write_each_once()
    {
        var requests = Requests(500);
        var random = new Random(1);
        var batches = Enumerable.Range(0, 12).Select(_ => requests.OrderBy(_ => random.Next()).Take(300).ToList()).ToList();

        await Task.WhenAll(batches.Append(requests).Select(batch => Task.Run(() => _gateway.Store.WriteAsync(batch, Cancel))));

        await ShouldHaveAsync(500);
    }

    [Fact]
    public async Task F34_a_page_that_another_instance_has_moved_meanwhile_is_not_removed_again()
    {
        await _gateway.QueueAsync(Requests(100));
        var shard = RedisKeys.ShardOf(_key.UserId);
        var late = await _gateway.Queue.PeekAsync(shard, 60);
        await _gateway.Store.WriteAsync(late.Entries, Cancel);

        var other = await _gateway.Queue.PeekAsync(shard, 40);
        await _gateway.Store.WriteAsync(other.Entries, Cancel);
        (await _gateway.Queue.TrimAsync(other)).ShouldBeTrue();

        (await _gateway.Queue.TrimAsync(late)).ShouldBeFalse();
        (await _gateway.Queue.LengthsAsync())[shard].ShouldBe(60);
        await _gateway.SyncAsync();
        await ShouldHaveAsync(100);
    }

    [Fact]
    public async Task F18_a_batch_that_the_database_breaks_off_for_a_deadlock_is_written_whole_with_the_next_try()
    {
        var requests = Requests(20);
        await _gateway.QueueAsync(requests);
        await using var other = new MySqlConnection(_gateway.Server.Store!.MySql);
        await other.OpenAsync(Cancel);
        await ExecuteAsync(other, "CREATE TABLE heavy (id INT PRIMARY KEY)");
        await ExecuteAsync(other, "START TRANSACTION");

        // The database ends the transaction that has changed less.
        await ExecuteAsync(other, "INSERT INTO heavy SELECT seq FROM seq_1_to_5000");
        await ExecuteAsync(other, $"SELECT id FROM api_keys WHERE id = {_key.Id} FOR UPDATE");
        var sync = _gateway.SyncAsync();
        await Eventually.HoldsAsync(async () => await CountAsync(
            "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'UPDATE api_keys%'") > 0);

        await ExecuteAsync(other, $"SELECT request_id FROM usage_records WHERE request_id = 0x{Convert.ToHexString(RequestKey.Of(requests[0].RequestId))} FOR UPDATE");
        await ExecuteAsync(other, "COMMIT");

        await sync;
        _gateway.Server.Output.ShouldContain("asked to try the usage batch again");
        await ShouldHaveAsync(20);
    }

    private List<EndedRequest> Requests(int count) =>
        [.. Enumerable.Range(1, count).Select(number => Ended.Request(_key, _account, Start.AddMinutes(number), number: number))];

    private async Task ShouldHaveAsync(int requests)
    {
        var billed = 1_500_005L * requests * (requests + 1) / 2;
        (await CountAsync("SELECT COUNT(*) FROM usage_records")).ShouldBe(requests);
        (await CountAsync("SELECT SUM(billed_nano_usd) FROM usage_records")).ShouldBe(billed);
        foreach (var table in (string[])["hourly_usages", "daily_usages"])
        {
            (await CountAsync($"SELECT SUM(requests) FROM {table}")).ShouldBe(requests, table);
            (await CountAsync($"SELECT SUM(billed_nano_usd) FROM {table}")).ShouldBe(billed, table);
        }

        (await CountAsync($"SELECT spent_nano_usd FROM api_keys WHERE id = {_key.Id}")).ShouldBe(billed);
        (await CountAsync("SELECT COUNT(*) FROM request_logs")).ShouldBe(requests);
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var database = new MySqlConnection(_gateway.Server.Store!.MySql);
        await database.OpenAsync(Cancel);
        return Convert.ToInt64(await ExecuteAsync(database, sql), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<object?> ExecuteAsync(MySqlConnection database, string sql)
    {
        await using var command = new MySqlCommand(sql, database);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
