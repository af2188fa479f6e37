using System.Text.Json;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering.Store;
using Gateway.Tests.Support;

namespace Gateway.Tests.Proxy.Metering;

public sealed class UsageSyncTests
{
    private const long Absurd = 9_000_000_000_000_000_000;

    private static readonly DateTime Start = new(2026, 3, 10, 8, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_record_that_the_database_would_never_take_is_set_aside_and_the_others_are_moved(StorageKind storage)
    {
        await using var gateway = await UsageGateway.StartAsync(storage);
        var (first, second) = (await gateway.AddKeyAsync(), await gateway.AddKeyAsync()); // their users have different shards
        var account = await gateway.AddAccountAsync();
        var absurd = Ended.Request(first, account, Start);
        absurd = absurd with { Usage = absurd.Usage! with { InputTokens = Absurd } };
        var good = Enumerable.Range(1, 20).Select(number => Ended.Request(number % 2 == 0 ? first : second, account, Start, number: number)).ToList();
        await gateway.QueueAsync([absurd, absurd with { RequestId = Guid.CreateVersion7(Start) }, .. good]);
        await gateway.Get<RedisConnection>().Database.ListRightPushAsync(RedisKeys.Queue(RedisKeys.ShardOf(first.UserId)), "no record");

        await gateway.SyncAsync();
        await gateway.SyncAsync();

        var totals = (await gateway.Admin.GetDataAsync("/api/admin/usage?from=2026-03-10&to=2026-03-11")).GetProperty("totals");
        totals.GetProperty("requests").GetInt64().ShouldBe(20);
        totals.GetProperty("input_tokens").GetInt64().ShouldBe(210);
        var sync = await gateway.Admin.GetDataAsync("/api/admin/sync");
        sync.GetProperty("pending_records").GetInt64().ShouldBe(0);
        sync.GetProperty("refused_records").GetInt64().ShouldBe(3);
        var lines = await File.ReadAllLinesAsync(Path.Combine(gateway.Server.DataDirectory, RefusedUsage.FileName), TestContext.Current.CancellationToken);
        lines.Length.ShouldBe(3);
        lines.ShouldContain(line => JsonDocument.Parse(line).RootElement.GetProperty("record").GetString()!.Contains(absurd.RequestId.ToString(), StringComparison.Ordinal));
        gateway.Server.Output.ShouldContain("cannot be stored");
    }

    [Fact]
    public async Task A_value_that_does_not_fit_its_column_is_found_among_others_and_set_aside()
    {
        await using var gateway = await UsageGateway.StartAsync(StorageKind.Servers);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync();
        var requests = Enumerable.Range(1, 300).Select(number => Ended.Request(key, account, Start, number: number)).ToList();
        requests[123] = requests[123] with { UpstreamRequestId = new string('x', 201) };
        await gateway.QueueAsync(requests);

        await gateway.SyncAsync();

        var totals = (await gateway.Admin.GetDataAsync("/api/admin/usage?from=2026-03-10&to=2026-03-11")).GetProperty("totals");
        totals.GetProperty("requests").GetInt64().ShouldBe(299);
        totals.GetProperty("input_tokens").GetInt64().ShouldBe((300 * 301 / 2) - 124);
        (await gateway.Admin.GetDataAsync("/api/admin/sync")).GetProperty("refused_records").GetInt64().ShouldBe(1);
    }
}
