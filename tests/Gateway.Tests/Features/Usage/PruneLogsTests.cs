using System.Net.Http.Json;
using Gateway.Proxy.Metering.Store;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Usage;

public sealed class PruneLogsTests(UsageGateways gateways)
{
    // Older than what any other test writes.
    private static readonly DateTime Old = new(2001, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Old_logs_and_records_are_deleted_and_newer_ones_and_all_sums_stay(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var (key, account) = (await gateway.AddKeyAsync(), await gateway.AddAccountAsync());
        var requests = Enumerable.Range(0, 12).Select(i => Ended.Request(key, account, Old.AddDays(i), number: i + 1)).ToList();
        await gateway.StoreAsync(requests);
        var retention = gateway.Get<LogRetention>();

        var logs = await retention.PruneRequestLogsAsync(Old.AddDays(4), Cancel);
        var records = await retention.PruneUsageRecordsAsync(Old.AddDays(10), Cancel);

        logs.ShouldBe(4);
        records.ShouldBe(10);
        (await CountAsync($"/api/admin/request-logs?api_key_id={key.Id}&from=2001-01-01&to=2002-01-01")).ShouldBe(8);
        (await CountAsync($"/api/admin/usage/records?api_key_id={key.Id}&from=2001-01-01&to=2002-01-01")).ShouldBe(2);
        var totals = (await gateway.Admin.GetDataAsync($"/api/admin/usage?api_key_id={key.Id}&from=2001-01-01&to=2002-01-01")).GetProperty("totals");
        totals.GetProperty("requests").GetInt32().ShouldBe(12);
        totals.GetProperty("input_tokens").GetInt64().ShouldBe(78);

        async Task<int> CountAsync(string path) => (await gateway.Admin.GetDataAsync(path)).GetProperty("items").GetArrayLength();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(3650, true)]
    [InlineData(29, false)]
    [InlineData(-1, false)]
    public async Task Whoever_keeps_logs_for_days_keeps_them_for_30_at_least(int days, bool isAccepted)
    {
        var gateway = await gateways.On(StorageKind.Embedded);

        using var response = await gateway.Admin.PutAsJsonAsync("/api/admin/configs/retention.request_log_days", new { value = days }, Cancel);

        response.IsSuccessStatusCode.ShouldBe(isAccepted);
    }
}
