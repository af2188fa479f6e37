using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering.Store;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Usage;

public sealed class ListDailyUsageTests(UsageGateways gateways)
{
    private const string Path = "/api/admin/usage/daily";

    private static readonly DateTime Start = new(2026, 3, 10, 9, 30, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Pages_are_those_of_one_list_before_during_and_after_the_sync(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var user = await gateway.AddUserAsync();
        ApiKey[] keys = [await gateway.AddKeyAsync(user.Id), await gateway.AddKeyAsync(user.Id)];
        Account[] accounts = [await gateway.AddAccountAsync(), await gateway.AddAccountAsync()];
        string[] models = ["a", "B", "ü", "模型", "\U0001F600", "\uFF21"];
        var random = new Random(42);
        var requests = Enumerable.Range(1, 150).Select(number => Ended.Request(
            keys[random.Next(2)], accounts[random.Next(2)], Start.AddDays(random.Next(5)).AddMinutes(random.Next(600)), models[random.Next(6)], number)).ToList();

        // Some rows are stored whole, some in part, and some not at all.
        await gateway.StoreAsync([.. requests.Take(70)]);
        await gateway.QueueAsync(requests.Skip(50));
        var expected = requests
            .GroupBy(request => (request.CreatedAtUtc.Date, request.ApiKeyId, Account: request.AccountId!.Value, Model: request.Model!))
            .OrderByDescending(group => group.Key.Date).ThenByDescending(group => group.Key.ApiKeyId).ThenByDescending(group => group.Key.Account)
            .ThenByDescending(group => char.ConvertToUtf32(group.Key.Model, 0))
            .Select(group => $"{group.Key.Date:yyyy-MM-dd} {group.Key.ApiKeyId} {group.Key.Account} {group.Key.Model} {group.Count()} {group.Sum(request => request.Usage!.BilledNanoUsd)}")
            .ToList();

        (await ReadAsync(7)).ShouldBe(expected);
        (await ReadAsync(200)).ShouldBe(expected);
        await gateway.SyncAsync();
        (await ReadAsync(7)).ShouldBe(expected);

        async Task<List<string>> ReadAsync(int pageSize)
        {
            var rows = new List<string>();
            for (var page = 1; ; page++)
            {
                var data = await gateway.Admin.GetDataAsync($"{Path}?from=2026-03-01&to=2026-04-01&user_id={user.Id}&page={page}&page_size={pageSize}");
                data.GetProperty("total").GetInt64().ShouldBe(expected.Count);
                data.GetProperty("page").GetInt32().ShouldBe(page);
                rows.AddRange(Items(data).Select(item =>
                    $"{item.GetProperty("day").GetString()} {item.GetProperty("api_key_id")} {item.GetProperty("account_id")} {item.GetProperty("model").GetString()} "
                    + $"{item.GetProperty("requests")} {(long)(item.GetProperty("billed_usd").GetDecimal() * 1_000_000_000m)}"));
                if (Items(data).Length < pageSize)
                {
                    return rows;
                }
            }
        }
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_user_gets_all_accounts_in_one_row_and_no_cost(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        using var user = await gateway.Admin.CreatePersonAsync();
        var own = await gateway.AddKeyAsync(user.Id);
        var foreign = await gateway.AddKeyAsync();
        var (one, two) = (await gateway.AddAccountAsync(), await gateway.AddAccountAsync(Platform.Bedrock));
        await gateway.StoreAsync([Ended.Request(own, one, Start, number: 1), Ended.Request(own, two, Start, number: 2), Ended.Request(foreign, one, Start)]);
        await gateway.QueueAsync([Ended.Request(own, one, Start, number: 4), Ended.Request(own, two, Start, "other", number: 8), Ended.Request(foreign, one, Start)]);

        var data = await user.Client.GetDataAsync($"{Path}?from=2026-03-10&to=2026-03-11");

        data.GetProperty("total").GetInt64().ShouldBe(2);
        Items(data).Select(item => (item.GetProperty("model").GetString(), item.GetProperty("input_tokens").GetInt64())).ShouldBe([("other", 8), ("claude-sonnet-4-5", 7)]);
        Items(data)[0].EnumerateObject().Select(field => field.Name).Order().ShouldBe(
            ["api_key_id", "billed_usd", "cache_read_tokens", "cache_write_tokens", "day", "input_tokens", "model", "output_tokens", "requests"]);
        using var refused = await user.Client.GetAsync($"{Path}?account_id={one.Id}", Cancel);
        (await refused.ErrorAsync(403)).GetProperty("errors").TryGetProperty("account_id", out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Corrections_of_prices_are_part_of_their_day(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        using var user = await gateway.Admin.CreatePersonAsync();
        var key = await gateway.AddKeyAsync(user.Id);
        var request = Ended.Request(key, await gateway.AddAccountAsync(), Start);
        await gateway.StoreAsync([request, Ended.Request(key, await gateway.AddAccountAsync(), Start.AddDays(1))]);
        await gateway.AddAsync(new UsageAdjustment
        {
            RequestId = RequestKey.Of(request.RequestId),
            PriceVersion = "test:2",
            DeltaCostNanoUsd = 7,
            DeltaBilledNanoUsd = 15,
            Reason = "test",
            CreatedAtUtc = Start,
        });

        var rows = Items(await gateway.Admin.GetDataAsync($"{Path}?from=2026-03-10&to=2026-03-12&api_key_id={key.Id}"));
        var own = Items(await user.Client.GetDataAsync($"{Path}?from=2026-03-10&to=2026-03-12"));

        rows.Select(row => row.GetProperty("cost_usd").GetDecimal()).ShouldBe([0.001_000_003m, 0.001_000_010m]);
        rows.Select(row => row.GetProperty("billed_usd").GetDecimal()).ShouldBe([0.001_500_005m, 0.001_500_020m]);
        own.Select(row => row.GetProperty("billed_usd").GetDecimal()).ShouldBe([0.001_500_005m, 0.001_500_020m]);
    }

    [Fact]
    public async Task Without_a_range_the_last_thirty_days_are_listed()
    {
        var gateway = await gateways.On(StorageKind.Embedded);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync();
        var now = DateTime.UtcNow;
        await gateway.QueueAsync([Ended.Request(key, account, now), Ended.Request(key, account, now.AddDays(-29)), Ended.Request(key, account, now.AddDays(-30))]);

        var data = await gateway.Admin.GetDataAsync($"{Path}?api_key_id={key.Id}");

        Items(data).Select(item => item.GetProperty("day").GetString()).ShouldBe([$"{now:yyyy-MM-dd}", $"{now.AddDays(-29):yyyy-MM-dd}"]);
    }

    [Theory]
    [InlineData("from=2026-03-10T00:00:00Z", "from")]
    [InlineData("from=2026-03-11&to=2026-03-10", "from")]
    [InlineData("to=tomorrow", "to")]
    [InlineData("page=0", "page")]
    [InlineData("page_size=201", "page_size")]
    [InlineData("page_size=x", "page_size")]
    [InlineData("tz=Europe/Berlin", "tz")]
    public async Task What_is_not_understood_is_refused_by_name(string query, string field)
    {
        var gateway = await gateways.On(StorageKind.Embedded);

        using var response = await gateway.Admin.GetAsync($"{Path}?{query}", Cancel);

        (await response.ErrorAsync(400)).GetProperty("errors").EnumerateObject().Select(entry => entry.Name).ShouldBe([field]);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static JsonElement[] Items(JsonElement page) => [.. page.GetProperty("items").EnumerateArray()];
}
