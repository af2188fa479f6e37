using System.Globalization;
using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Metering.Store;
using Gateway.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Tests.Features.Usage;

public sealed class SummarizeUsageTests(UsageGateways gateways)
{
    private static readonly DateTime Start = new(2026, 3, 10, 9, 30, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task The_numbers_are_the_same_before_during_and_after_the_sync(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync();
        var requests = Enumerable.Range(1, 60)
            .Select(number => Ended.Request(key, account, Start.AddMinutes(7 * number), $"model-{number % 3}", number))
            .ToList();
        await gateway.QueueAsync(requests);
        string[] queries = [.. ((string[])["", "day", "hour", "model", "platform", "account", "api_key", "user"])
            .Select(groupBy => $"/api/admin/usage?from=2026-03-10T09:45:00Z&to=2026-03-10T15:20:00Z&api_key_id={key.Id}{(groupBy.Length > 0 ? $"&group_by={groupBy}" : "")}")];
        var unsynced = await ReadAsync(gateway.Admin, queries);

        // Between the commit and the trim of a sync a request is in both places.
        await gateway.StoreAsync([.. requests.Take(25)]);
        (await ReadAsync(gateway.Admin, queries)).ShouldBe(unsynced);

        await gateway.SyncAsync();
        (await ReadAsync(gateway.Admin, queries)).ShouldBe(unsynced);

        var inRange = requests.Where(request => request.CreatedAtUtc >= Start.AddMinutes(15) && request.CreatedAtUtc < Start.AddMinutes(350)).ToList();
        Totals(unsynced[0]).GetProperty("requests").GetInt64().ShouldBe(inRange.Count);
        Totals(unsynced[0]).GetProperty("cost_usd").GetDecimal().ShouldBe(inRange.Sum(request => request.Usage!.CostNanoUsd) / 1_000_000_000m);
        Totals(unsynced[0]).GetProperty("billed_usd").GetDecimal().ShouldBe(inRange.Sum(request => request.Usage!.BilledNanoUsd) / 1_000_000_000m);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task No_request_is_missing_or_counted_twice_while_a_sync_runs(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync(Platform.OpenAi);
        await gateway.QueueAsync(Enumerable.Range(1, 300).Select(number => Ended.Request(key, account, Start.AddSeconds(number * 20), number: number)));
        var query = $"/api/admin/usage?from=2026-03-10&to=2026-03-11&group_by=model&api_key_id={key.Id}";
        var before = await gateway.Admin.GetStringAsync(query, Cancel);

        var shard = RedisKeys.ShardOf(key.UserId);
        for (var page = await gateway.Queue.PeekAsync(shard, 7); page.Entries.Count > 0; page = await gateway.Queue.PeekAsync(shard, 7))
        {
            var reading = gateway.Admin.GetStringAsync(query, Cancel);
            await gateway.Store.WriteAsync(page.Entries, Cancel);
            await gateway.Queue.TrimAsync(page);
            (await reading).ShouldBe(before);
        }

        (await gateway.Admin.GetStringAsync(query, Cancel)).ShouldBe(before);
        JsonSerializer.Deserialize<JsonElement>(before).GetProperty("data").GetProperty("totals").GetProperty("requests").GetInt64().ShouldBe(300);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Any_range_in_any_zone_gives_what_adding_up_by_hand_gives(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync(Platform.Gemini);
        var random = new Random(20260329);

        // Nine days around the end of winter time in Europe, many of them close to the hour, where parts begin and end.
        var first = new DateTime(2026, 3, 25, 0, 0, 0, DateTimeKind.Utc);
        var requests = Enumerable.Range(1, 500).Select(number =>
        {
            var hour = first.AddHours(random.Next(9 * 24));
            var at = random.Next(3) switch
            {
                0 => hour.AddMicroseconds(random.Next(-2, 3)),
                1 => hour.AddMinutes(15 * random.Next(4)).AddMicroseconds(random.Next(-1, 2)),
                _ => hour.AddMicroseconds(random.NextInt64(3_600_000_000)),
            };
            return Ended.Request(key, account, at, $"model-{random.Next(5)}", number);
        }).ToList();
        await gateway.StoreAsync([.. requests.Take(400)]);
        await gateway.QueueAsync(requests.Skip(350));

        foreach (var zoneName in (string[])["UTC", "Europe/Berlin", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham"])
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
            for (var round = 0; round < 3; round++)
            {
                var from = first.AddMinutes(15 * random.Next(4 * 24 * 4)).AddMicroseconds(random.Next(-1, 2));
                var to = from.AddMinutes(15 * random.Next(1, 4 * 24 * 4)).AddMicroseconds(random.Next(-1, 2));
                var inRange = requests.Where(request => from <= request.CreatedAtUtc && request.CreatedAtUtc < to).ToList();
                var range = $"from={from:O}&to={to:O}&tz={zoneName}&api_key_id={key.Id}";

                await ShouldBeAsync(gateway, $"{range}&group_by=day", inRange, at =>
                    TimeZoneInfo.ConvertTimeFromUtc(at.CreatedAtUtc, zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                await ShouldBeAsync(gateway, $"{range}&group_by=hour", inRange, at =>
                    at.CreatedAtUtc.ToString("yyyy-MM-dd'T'HH':00:00Z'", CultureInfo.InvariantCulture));
                await ShouldBeAsync(gateway, $"{range}&group_by=model", inRange, at => at.Model!);
                await ShouldBeAsync(gateway, range, inRange, _ => "total");
            }
        }
    }

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29", 23)]
    [InlineData("Europe/Berlin", "2026-10-25", 25)]
    public async Task A_day_on_which_clocks_change_has_all_its_hours(string zone, string day, int hours)
    {
        var gateway = await gateways.On(StorageKind.Embedded);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync();
        var noon = DateTime.Parse(day, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);
        await gateway.StoreAsync([.. Enumerable.Range(-24, 72).Select(hour => Ended.Request(key, account, noon.AddHours(hour).AddMinutes(1)))]);

        var data = await gateway.Admin.GetDataAsync(
            $"/api/admin/usage?from={day}&to={noon.AddDays(1):yyyy-MM-dd}&tz={zone}&group_by=day&api_key_id={key.Id}");

        var item = data.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        item.GetProperty("key").GetString().ShouldBe(day);
        item.GetProperty("requests").GetInt64().ShouldBe(hours);
    }

    [Fact]
    public async Task Days_without_usage_are_zero_and_nothing_at_all_is_an_empty_list()
    {
        var gateway = await gateways.On(StorageKind.Embedded);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync();
        await gateway.StoreAsync([Ended.Request(key, account, Start)]);

        var used = await gateway.Admin.GetDataAsync($"/api/admin/usage?from=2026-03-09&to=2026-03-12&group_by=day&api_key_id={key.Id}");
        var unused = await gateway.Admin.GetDataAsync($"/api/admin/usage?from=2026-03-11&to=2026-03-12&group_by=day&api_key_id={key.Id}");

        Keys(used).ShouldBe(["2026-03-09", "2026-03-10", "2026-03-11"]);
        used.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("requests").GetInt64()).ShouldBe([0, 1, 0]);
        unused.GetProperty("items").GetArrayLength().ShouldBe(0);
        unused.GetProperty("totals").GetProperty("requests").GetInt64().ShouldBe(0);
        unused.GetProperty("totals").GetProperty("billed_usd").GetDecimal().ShouldBe(0);
    }

    [Fact]
    public async Task Without_a_range_the_last_seven_days_of_the_zone_count_today_among_them()
    {
        var gateway = await gateways.On(StorageKind.Embedded);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync();
        var now = DateTime.UtcNow;
        await gateway.QueueAsync([Ended.Request(key, account, now), Ended.Request(key, account, now.AddDays(-6)), Ended.Request(key, account, now.AddDays(-7))]);

        var data = await gateway.Admin.GetDataAsync($"/api/admin/usage?group_by=day&api_key_id={key.Id}");

        Keys(data).ShouldBe(Enumerable.Range(-6, 7).Select(days => now.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
        data.GetProperty("totals").GetProperty("requests").GetInt64().ShouldBe(2);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task What_the_limit_leaves_out_is_in_other_and_most_billed_comes_first(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync();
        await gateway.StoreAsync([.. Enumerable.Range(1, 6).Select(number => Ended.Request(key, account, Start, $"model-{number}", number))]);

        // Unsynced usage lifts the least of them to the top.
        await gateway.QueueAsync(Ended.Request(key, account, Start, "model-1", 100));
        var data = await gateway.Admin.GetDataAsync($"/api/admin/usage?from=2026-03-10&to=2026-03-11&group_by=model&limit=2&api_key_id={key.Id}");

        Keys(data).ShouldBe(["model-1", "model-6", "other"]);
        data.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("input_tokens").GetInt64()).ShouldBe([101, 6, 2 + 3 + 4 + 5]);
        data.GetProperty("items")[2].GetProperty("requests").GetInt64().ShouldBe(4);
        data.GetProperty("totals").GetProperty("input_tokens").GetInt64().ShouldBe(121);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Groups_carry_their_names_also_after_what_they_name_was_deleted(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var user = await gateway.AddUserAsync();
        var key = await gateway.AddKeyAsync(user.Id);
        var account = await gateway.AddAccountAsync(Platform.ClaudeCcr);
        await gateway.StoreAsync([Ended.Request(key, account, Start)]);
        await gateway.WithDbAsync(async db =>
        {
            await db.ApiKeys.Where(row => row.Id == key.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.LiveName, (string?)null).SetProperty(row => row.DeletedAtUtc, Start));
            await db.Accounts.Where(row => row.Id == account.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.LiveName, (string?)null).SetProperty(row => row.DeletedAtUtc, Start));
            return await db.Users.Where(row => row.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.LiveUsername, (string?)null).SetProperty(row => row.DeletedAtUtc, Start));
        });

        (await ItemAsync("api_key")).ShouldBe((Text(key.Id), key.Name));
        (await ItemAsync("account")).ShouldBe((Text(account.Id), account.Name));
        (await ItemAsync("user")).ShouldBe((Text(user.Id), user.Username));
        (await ItemAsync("platform")).ShouldBe(("claude_ccr", "Claude (OAuth)"));
        (await ItemAsync("model")).ShouldBe(("claude-sonnet-4-5", "claude-sonnet-4-5"));

        async Task<(string?, string?)> ItemAsync(string groupBy)
        {
            var data = await gateway.Admin.GetDataAsync($"/api/admin/usage?from=2026-03-10&to=2026-03-11&group_by={groupBy}&user_id={user.Id}");
            var item = data.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
            return (item.GetProperty("key").GetString(), item.GetProperty("label").GetString());
        }
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Filters_select_exactly_and_may_be_repeated(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var user = await gateway.AddUserAsync();
        var (one, two) = (await gateway.AddKeyAsync(user.Id), await gateway.AddKeyAsync(user.Id));
        var (claude, openAi) = (await gateway.AddAccountAsync(), await gateway.AddAccountAsync(Platform.OpenAi));
        await gateway.StoreAsync([Ended.Request(one, claude, Start, "a", 1), Ended.Request(one, openAi, Start, "A", 2)]);
        await gateway.QueueAsync([Ended.Request(two, claude, Start, "b", 4), Ended.Request(two, openAi, Start, "a*", 8)]);

        (await TokensAsync("")).ShouldBe(15);
        (await TokensAsync($"&api_key_id={one.Id}")).ShouldBe(3);
        (await TokensAsync($"&api_key_id={one.Id}&api_key_id={two.Id}")).ShouldBe(15);
        (await TokensAsync($"&account_id={claude.Id}")).ShouldBe(5);
        (await TokensAsync("&platform=openai")).ShouldBe(10);
        (await TokensAsync("&platform=openai&platform=claude")).ShouldBe(15);
        (await TokensAsync("&model=a")).ShouldBe(1);
        (await TokensAsync("&model=A&model=b")).ShouldBe(6);
        (await TokensAsync($"&model=a&account_id={openAi.Id}")).ShouldBe(0);

        async Task<long> TokensAsync(string filter)
        {
            // Half an hour at either end, so that hours and records are both read.
            var data = await gateway.Admin.GetDataAsync($"/api/admin/usage?from=2026-03-10T07:15:00Z&to=2026-03-10T09:45:00Z&user_id={user.Id}{filter}");
            return data.GetProperty("totals").GetProperty("input_tokens").GetInt64();
        }
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Corrections_of_prices_are_added_wherever_their_records_count(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync(Platform.Bedrock);
        var request = Ended.Request(key, account, Start.AddMinutes(10));
        await gateway.StoreAsync([request]);
        await gateway.AddAsync(Correction(request, -3, -5));
        await gateway.AddAsync(Correction(request, 10, 20));

        // As part of whole days, of whole hours, and of an hour of which only a part is asked for; by every kind of group.
        foreach (var range in (string[])["from=2026-03-10&to=2026-03-11", "from=2026-03-10T09:00:00Z&to=2026-03-10T10:00:00Z", "from=2026-03-10T09:39:59Z&to=2026-03-10T09:40:01Z"])
        {
            foreach (var groupBy in (string[])["", "&group_by=day", "&group_by=day&tz=Asia/Kolkata", "&group_by=hour", "&group_by=model", "&group_by=platform", "&group_by=user"])
            {
                var data = await gateway.Admin.GetDataAsync($"/api/admin/usage?{range}{groupBy}&api_key_id={key.Id}");
                foreach (var sums in (JsonElement[])[data.GetProperty("totals"), data.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("requests").GetInt64() > 0)])
                {
                    sums.GetProperty("requests").GetInt64().ShouldBe(1);
                    sums.GetProperty("cost_usd").GetDecimal().ShouldBe(0.001_000_010m, $"{range}{groupBy}");
                    sums.GetProperty("billed_usd").GetDecimal().ShouldBe(0.001_500_020m, $"{range}{groupBy}");
                }
            }
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<string[]> ReadAsync(HttpClient client, string[] queries)
    {
        var answers = new List<string>();
        foreach (var query in queries)
        {
            answers.Add(await client.GetStringAsync(query, Cancel));
        }

        return [.. answers];
    }

    private static async Task ShouldBeAsync(UsageGateway gateway, string query, IReadOnlyList<EndedRequest> expected, Func<EndedRequest, string> keyOf)
    {
        var data = await gateway.Admin.GetDataAsync($"/api/admin/usage?{query.Replace("+", "%2B", StringComparison.Ordinal)}");

        var items = data.GetProperty("items").EnumerateArray().Where(item => item.GetProperty("requests").GetInt64() > 0)
            .ToDictionary(item => item.GetProperty("key").GetString()!, Amounts);
        items.ShouldBe(expected.GroupBy(keyOf).ToDictionary(group => group.Key, Sum), ignoreOrder: true, query);
        Amounts(data.GetProperty("totals")).ShouldBe(Sum(expected), query);
    }

    private static (long, long, long, long, long, decimal, decimal) Amounts(JsonElement sums) => (
        sums.GetProperty("requests").GetInt64(), sums.GetProperty("input_tokens").GetInt64(), sums.GetProperty("output_tokens").GetInt64(),
        sums.GetProperty("cache_read_tokens").GetInt64(), sums.GetProperty("cache_write_tokens").GetInt64(),
        sums.GetProperty("cost_usd").GetDecimal(), sums.GetProperty("billed_usd").GetDecimal());

    private static (long, long, long, long, long, decimal, decimal) Sum(IEnumerable<EndedRequest> requests)
    {
        var used = requests.Select(request => request.Usage!).ToList();
        return (
            used.Count, used.Sum(usage => usage.InputTokens), used.Sum(usage => usage.OutputTokens), used.Sum(usage => usage.CacheReadTokens),
            used.Sum(usage => usage.CacheWriteTokens), used.Sum(usage => usage.CostNanoUsd) / 1_000_000_000m, used.Sum(usage => usage.BilledNanoUsd) / 1_000_000_000m);
    }

    private static UsageAdjustment Correction(EndedRequest request, long cost, long billed) => new()
    {
        RequestId = RequestKey.Of(request.RequestId),
        PriceVersion = "test:2",
        DeltaCostNanoUsd = cost,
        DeltaBilledNanoUsd = billed,
        Reason = "test",
        CreatedAtUtc = request.CreatedAtUtc,
    };

    private static JsonElement Totals(string answer) => JsonSerializer.Deserialize<JsonElement>(answer).GetProperty("data").GetProperty("totals");

    private static IEnumerable<string?> Keys(JsonElement data) => data.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("key").GetString());

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
