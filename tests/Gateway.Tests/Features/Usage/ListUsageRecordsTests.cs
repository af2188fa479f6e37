using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Metering.Store;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Usage;

public sealed class ListUsageRecordsTests(UsageGateways gateways)
{
    private const string Path = "/api/admin/usage/records";

    private static readonly DateTime Start = new(2026, 3, 10, 9, 30, 0, 123, 456, DateTimeKind.Utc);

    private static readonly string[] AdminFields =
    [
        "request_id", "created_at", "api_key_id", "user_id", "account_id", "platform", "model", "upstream_model", "client_format", "endpoint", "stream",
        "input_tokens", "output_tokens", "reasoning_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "service_tier", "cost_usd",
        "rate_multiplier", "billed_usd", "price_version", "usage_source", "attempts", "duration_ms", "first_token_ms", "status", "upstream_request_id",
    ];

    private static readonly string[] UserFields = [.. AdminFields.Except(["account_id", "upstream_model", "cost_usd", "attempts"])];

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_record_reads_the_same_before_during_and_after_the_sync(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync(Platform.OpenAi);
        var requests = Enumerable.Range(1, 8).Select(number => Ended.Request(key, account, Start.AddSeconds(number), "名前", number)).ToList();
        await gateway.QueueAsync([.. requests, Ended.Refused(key, Start)]);
        var query = $"{Path}?api_key_id={key.Id}";
        var unsynced = await gateway.Admin.GetStringAsync(query, Cancel);

        await gateway.StoreAsync([.. requests.Take(3)]);
        (await gateway.Admin.GetStringAsync(query, Cancel)).ShouldBe(unsynced);

        await gateway.SyncAsync();
        (await gateway.Admin.GetStringAsync(query, Cancel)).ShouldBe(unsynced);

        var items = Items(JsonSerializer.Deserialize<JsonElement>(unsynced).GetProperty("data"));
        items.Select(Id).ShouldBe(requests.Select(request => request.RequestId).Reverse());
        items[0].EnumerateObject().Select(field => field.Name).ShouldBe(AdminFields);
        items[0].GetRawText().ShouldBe(
            $$"""{"request_id":"{{requests[7].RequestId}}","created_at":"2026-03-10T09:30:08.123456Z","api_key_id":{{key.Id}},"user_id":{{key.UserId}},"account_id":{{account.Id}}"""
            + ""","platform":"openai","model":"名前","upstream_model":"名前-upstream","client_format":"claude","endpoint":"/v1/messages","stream":true"""
            + ""","input_tokens":8,"output_tokens":80,"reasoning_tokens":2,"cache_read_tokens":800,"cache_write_tokens":8000,"cache_write_1h_tokens":1"""
            + ""","service_tier":"standard","cost_usd":0.008000024,"rate_multiplier":1.5,"billed_usd":0.01200004"""
            + ""","price_version":"test:1","usage_source":"reported","attempts":1,"duration_ms":1200,"first_token_ms":300,"status":"completed","upstream_request_id":"req_1"}""");
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Pages_show_every_record_once_though_a_sync_comes_between_them(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync();
        var requests = Enumerable.Range(1, 25).Select(number => Ended.Request(key, account, Start.AddMilliseconds(number / 3), number: number)).ToList();
        await gateway.StoreAsync([.. requests.Where((_, index) => index % 3 == 0)]);
        await gateway.QueueAsync(requests.Where((_, index) => index % 3 != 0));

        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await gateway.Admin.GetDataAsync($"{Path}?api_key_id={key.Id}&limit=4{(cursor is null ? "" : $"&cursor={cursor}")}");
            Items(page).Length.ShouldBe(Math.Min(4, 25 - seen.Count));
            seen.AddRange(Items(page).Select(Id));
            cursor = page.GetProperty("next_cursor").GetString();
            if (seen.Count == 12)
            {
                await gateway.SyncAsync();
            }
        }
        while (cursor is not null);

        seen.ShouldBe(requests.Select(request => request.RequestId).OrderDescending());
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Filters_select_exactly_in_both_places(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync(Platform.Azure);
        EndedRequest[] requests =
        [
            Ended.Request(key, account, Start, "a"),
            With(Ended.Request(key, account, Start.AddDays(1), "b"), UsageStatus.UpstreamFailed),
            With(Ended.Request(key, account, Start.AddDays(2), "b"), UsageStatus.ClientAborted),
            Ended.Request(key, account, Start.AddDays(3), "c"),
        ];
        foreach (var isSynced in (bool[])[false, true])
        {
            if (isSynced)
            {
                await gateway.SyncAsync();
            }
            else
            {
                await gateway.QueueAsync(requests);
            }

            (await FoundAsync("")).ShouldBe([3, 2, 1, 0]);
            (await FoundAsync("&model=b")).ShouldBe([2, 1]);
            (await FoundAsync("&status=upstream_failed")).ShouldBe([1]);
            (await FoundAsync("&status=completed&status=client_aborted")).ShouldBe([3, 2, 0]);
            (await FoundAsync("&from=2026-03-11")).ShouldBe([3, 2, 1]);
            (await FoundAsync("&from=2026-03-11T09:30:00.123456Z&to=2026-03-13T09:30:00.123456Z")).ShouldBe([2, 1]);
            (await FoundAsync("&from=2026-03-11T09:30:00.123457Z&to=2026-03-13T09:30:00.123457Z")).ShouldBe([3, 2]);
            (await FoundAsync("&to=2026-03-12&tz=Pacific/Kiritimati")).ShouldBe([1, 0]);
            (await FoundAsync("&to=2026-03-11&tz=Pacific/Kiritimati")).ShouldBe([0]);
            (await FoundAsync($"&platform=azure&account_id={account.Id}&user_id={key.UserId}")).ShouldBe([3, 2, 1, 0]);
            (await FoundAsync("&platform=claude")).ShouldBe([]);
        }

        async Task<int[]> FoundAsync(string filter) =>
            [.. Items(await gateway.Admin.GetDataAsync($"{Path}?api_key_id={key.Id}{filter}")).Select(item => Array.FindIndex(requests, request => request.RequestId == Id(item)))];

        static EndedRequest With(EndedRequest request, string status) => request with { Usage = request.Usage! with { Status = status } };
    }

    [Fact]
    public async Task A_user_sees_own_records_without_what_only_administrators_may_see()
    {
        var gateway = await gateways.On(StorageKind.Embedded);
        using var user = await gateway.Admin.CreatePersonAsync();
        var own = await gateway.AddKeyAsync(user.Id);
        var foreign = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync();
        await gateway.StoreAsync([Ended.Request(own, account, Start), Ended.Request(foreign, account, Start)]);
        await gateway.QueueAsync([Ended.Request(own, account, Start), Ended.Request(foreign, account, Start)]);

        var page = await user.Client.GetDataAsync(Path);
        var other = await user.Client.GetDataAsync($"{Path}?api_key_id={foreign.Id}");
        var file = await user.Client.GetStringAsync($"{Path}?format=csv", Cancel);

        Items(page).Length.ShouldBe(2);
        Items(page).ShouldAllBe(item => item.GetProperty("api_key_id").GetInt64() == own.Id);
        Items(page)[0].EnumerateObject().Select(field => field.Name).ShouldBe(UserFields);
        Items(other).ShouldBeEmpty();
        file.Split("\r\n")[0].ShouldBe(string.Join(',', UserFields));
        file.ShouldNotContain("upstream,");
        await ShouldRefuseAsync(user.Client, $"user_id={user.Id}", 403, "user_id");
        await ShouldRefuseAsync(user.Client, $"account_id={account.Id}", 403, "account_id");
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task An_export_has_all_matching_records_with_the_columns_of_the_list(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync();
        var requests = Enumerable.Range(1, 4500).Select(number => Ended.Request(key, account, Start.AddSeconds(number), number: number)).ToList();
        await gateway.StoreAsync([.. requests.Take(4400)]);
        await gateway.QueueAsync(requests.Skip(4390));

        using var response = await gateway.Admin.GetAsync($"{Path}?api_key_id={key.Id}&format=csv", Cancel);

        response.Content.Headers.ContentType!.ToString().ShouldBe("text/csv; charset=utf-8");
        response.Content.Headers.ContentDisposition!.FileName.ShouldBe("usage-records.csv");
        var lines = (await response.Content.ReadAsStringAsync(Cancel)).Split("\r\n");
        lines[0].ShouldBe(string.Join(',', AdminFields));
        lines[^1].ShouldBeEmpty();
        lines.Skip(1).SkipLast(1).Select(line => Guid.Parse(line.Split(',')[0])).ShouldBe(requests.Select(request => request.RequestId).Reverse());
        lines[1].ShouldBe(
            $"{requests[^1].RequestId},2026-03-10T10:45:00.123456Z,{key.Id},{key.UserId},{account.Id},claude,claude-sonnet-4-5,claude-sonnet-4-5-upstream,claude,"
            + "/v1/messages,true,4500,45000,2,450000,4500000,1,standard,4.5000135,1.5,6.7500225,test:1,reported,1,1200,300,completed,req_1");
    }

    [Theory]
    [InlineData("=cmd()", "'=cmd()")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\rx", "\"'\rx\"")]
    [InlineData("=a,\"b\"", "\"'=a,\"\"b\"\"\"")]
    [InlineData("a=b", "a=b")]
    [InlineData("模型,1", "\"模型,1\"")]
    public async Task A_spreadsheet_never_takes_a_cell_for_a_formula(string model, string cell)
    {
        var gateway = await gateways.On(StorageKind.Embedded);
        var key = await gateway.AddKeyAsync();
        await gateway.QueueAsync(Ended.Request(key, await gateway.AddAccountAsync(), Start, model));

        var file = await gateway.Admin.GetStringAsync($"{Path}?api_key_id={key.Id}&format=csv", Cancel);

        file.ShouldContain($",claude,{cell},");
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_record_shows_its_price_as_it_was_corrected(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var key = await gateway.AddKeyAsync();
        var request = Ended.Request(key, await gateway.AddAccountAsync(), Start);
        await gateway.StoreAsync([request]);
        await gateway.AddAsync(Correction("test:2", -3, -5));
        await gateway.AddAsync(Correction("test:3", 10, 20));

        var item = Items(await gateway.Admin.GetDataAsync($"{Path}?api_key_id={key.Id}")).ShouldHaveSingleItem();

        item.GetProperty("cost_usd").GetDecimal().ShouldBe(0.001_000_010m);
        item.GetProperty("billed_usd").GetDecimal().ShouldBe(0.001_500_020m);
        item.GetProperty("price_version").GetString().ShouldBe("test:3");

        UsageAdjustment Correction(string version, long cost, long billed) => new()
        {
            RequestId = RequestKey.Of(request.RequestId),
            PriceVersion = version,
            DeltaCostNanoUsd = cost,
            DeltaBilledNanoUsd = billed,
            Reason = "test",
            CreatedAtUtc = Start,
        };
    }

    [Fact]
    public async Task A_cursor_continues_only_the_list_that_it_came_from()
    {
        var gateway = await gateways.On(StorageKind.Embedded);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync();
        await gateway.StoreAsync([Ended.Request(key, account, Start), Ended.Request(key, account, Start)]);
        var cursor = (await gateway.Admin.GetDataAsync($"{Path}?api_key_id={key.Id}&limit=1")).GetProperty("next_cursor").GetString();

        Items(await gateway.Admin.GetDataAsync($"{Path}?api_key_id={key.Id}&limit=200&cursor={cursor}")).Length.ShouldBe(1);
        await ShouldRefuseAsync(gateway.Admin, $"limit=1&cursor={cursor}", 400, "cursor");
        await ShouldRefuseAsync(gateway.Admin, $"api_key_id={key.Id}&from=2026-01-01&cursor={cursor}", 400, "cursor");
        await ShouldRefuseAsync(gateway.Admin, $"api_key_id={key.Id}&cursor={cursor}A", 400, "cursor");
        await ShouldRefuseAsync(gateway.Admin, $"api_key_id={key.Id}&cursor={cursor![..^1]}", 400, "cursor");
    }

    [Theory]
    [InlineData("cursor=", "cursor")]
    [InlineData("cursor=%00%01", "cursor")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("format=xml", "format")]
    [InlineData("status=done", "status")]
    [InlineData("from=now", "from")]
    [InlineData("from=2026-03-11&to=2026-03-10", "from")]
    [InlineData("page=2", "page")]
    [InlineData("api_key_id=9223372036854775808", "api_key_id")]
    public async Task What_is_not_understood_is_refused_by_name(string query, string field) =>
        await ShouldRefuseAsync((await gateways.On(StorageKind.Embedded)).Admin, query, 400, field);

    [Fact]
    public async Task While_Redis_is_away_the_database_alone_answers()
    {
        await using var gateway = await UsageGateway.StartAsync(StorageKind.Embedded, redis: "127.0.0.1:9,connectTimeout=100,connectRetry=0");
        var key = await gateway.AddKeyAsync();
        var request = Ended.Request(key, await gateway.AddAccountAsync(), Start);
        await gateway.StoreAsync([request]);

        var page = await gateway.Admin.GetDataAsync(Path);
        var sums = await gateway.Admin.GetDataAsync("/api/admin/usage?from=2026-03-10&to=2026-03-11");

        Items(page).Select(Id).ShouldBe([request.RequestId]);
        sums.GetProperty("totals").GetProperty("requests").GetInt64().ShouldBe(1);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static JsonElement[] Items(JsonElement page) => [.. page.GetProperty("items").EnumerateArray()];

    private static Guid Id(JsonElement item) => item.GetProperty("request_id").GetGuid();

    private static async Task ShouldRefuseAsync(HttpClient client, string query, int status, string field)
    {
        using var response = await client.GetAsync($"{Path}?{query}", Cancel);
        var error = await response.ErrorAsync(status);
        error.GetProperty("errors").EnumerateObject().Select(entry => entry.Name).ShouldBe([field]);
    }
}
