using System.Text.Json;
using Gateway.Infrastructure;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.RequestLogs;

public sealed class ListRequestLogsTests(UsageGateways gateways)
{
    private const string Path = "/api/admin/request-logs";

    private static readonly DateTime Start = new(2026, 3, 10, 9, 30, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task A_log_reads_the_same_before_during_and_after_the_sync(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync();
        var served = Ended.Request(key, account, Start);
        var refused = Ended.Refused(key, Start.AddSeconds(1));
        await gateway.QueueAsync([served, refused]);
        var query = $"{Path}?api_key_id={key.Id}";
        var unsynced = await gateway.Admin.GetStringAsync(query, Cancel);

        await gateway.StoreAsync([refused]);
        (await gateway.Admin.GetStringAsync(query, Cancel)).ShouldBe(unsynced);

        await gateway.SyncAsync();
        (await gateway.Admin.GetStringAsync(query, Cancel)).ShouldBe(unsynced);

        var items = Items(JsonSerializer.Deserialize<JsonElement>(unsynced).GetProperty("data"));
        items.Length.ShouldBe(2);
        items[0].GetRawText().ShouldBe(
            $$"""{"request_id":"{{refused.RequestId}}","created_at":"2026-03-10T09:30:01Z","api_key_id":{{key.Id}},"user_id":{{key.UserId}},"account_id":null"""
            + ""","platform":null,"model":"no-such-model","upstream_model":null,"client_format":"openai_chat","endpoint":"/v1/chat/completions","stream":false"""
            + ""","http_status":404,"error_kind":"model_not_found","error_message":"There is no model 'no-such-model'.","attempts":0,"trace":null"""
            + ""","duration_ms":3,"first_token_ms":null,"client_ip":"127.0.0.1","user_agent":null}""");
        items[1].GetProperty("attempts").GetInt32().ShouldBe(1);
        items[1].GetProperty("trace").GetProperty("attempts")[0].GetProperty("account_id").GetInt64().ShouldBe(account.Id);
    }

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Filters_select_exactly_in_both_places(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var key = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync(Platform.Gemini);
        var served = Ended.Request(key, account, Start);
        var refused = Ended.Refused(key, Start.AddSeconds(1));
        foreach (var isSynced in (bool[])[false, true])
        {
            if (isSynced)
            {
                await gateway.SyncAsync();
            }
            else
            {
                await gateway.QueueAsync([served, refused]);
            }

            (await FoundAsync("")).ShouldBe([refused.RequestId, served.RequestId]);
            (await FoundAsync("&http_status=404")).ShouldBe([refused.RequestId]);
            (await FoundAsync("&http_status=404&http_status=200")).ShouldBe([refused.RequestId, served.RequestId]);
            (await FoundAsync("&error_kind=model_not_found")).ShouldBe([refused.RequestId]);
            (await FoundAsync("&error_kind=server")).ShouldBeEmpty();
            (await FoundAsync($"&request_id={served.RequestId}")).ShouldBe([served.RequestId]);
            (await FoundAsync($"&request_id={served.RequestId}&request_id={refused.RequestId}")).ShouldBe([refused.RequestId, served.RequestId]);
            (await FoundAsync("&platform=gemini")).ShouldBe([served.RequestId]);
            (await FoundAsync($"&account_id={account.Id}")).ShouldBe([served.RequestId]);
            (await FoundAsync("&model=no-such-model")).ShouldBe([refused.RequestId]);
            (await FoundAsync("&from=2026-03-10T09:30:01Z")).ShouldBe([refused.RequestId]);
            (await FoundAsync("&to=2026-03-10T09:30:01Z")).ShouldBe([served.RequestId]);
        }

        async Task<Guid[]> FoundAsync(string filter) =>
            [.. Items(await gateway.Admin.GetDataAsync($"{Path}?api_key_id={key.Id}{filter}")).Select(item => item.GetProperty("request_id").GetGuid())];
    }

    [Fact]
    public async Task Pages_show_every_request_once()
    {
        var gateway = await gateways.On(StorageKind.Embedded);
        var key = await gateway.AddKeyAsync();
        var requests = Enumerable.Range(0, 10).Select(number => Ended.Refused(key, Start.AddSeconds(number))).ToList();
        await gateway.StoreAsync([.. requests.Take(6)]);
        await gateway.QueueAsync(requests.Skip(4));

        var seen = new List<Guid>();
        for (var next = ""; next is not null;)
        {
            var page = await gateway.Admin.GetDataAsync($"{Path}?api_key_id={key.Id}&limit=3{next}");
            seen.AddRange(Items(page).Select(item => item.GetProperty("request_id").GetGuid()));
            next = page.GetProperty("next_cursor").GetString() is { } cursor ? $"&cursor={cursor}" : null;
        }

        seen.ShouldBe(requests.Select(request => request.RequestId).Reverse());
    }

    [Fact]
    public async Task A_user_sees_own_requests_without_accounts_and_attempts()
    {
        var gateway = await gateways.On(StorageKind.Embedded);
        using var user = await gateway.Admin.CreatePersonAsync();
        var own = await gateway.AddKeyAsync(user.Id);
        var foreign = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync();
        await gateway.StoreAsync([Ended.Request(own, account, Start), Ended.Request(foreign, account, Start)]);
        await gateway.QueueAsync([Ended.Refused(own, Start.AddSeconds(1)), Ended.Refused(foreign, Start)]);

        var items = Items(await user.Client.GetDataAsync(Path));

        items.Length.ShouldBe(2);
        items.ShouldAllBe(item => item.GetProperty("api_key_id").GetInt64() == own.Id);
        foreach (var item in items)
        {
            item.EnumerateObject().Select(field => field.Name).ShouldBe(
                [
                    "request_id", "created_at", "api_key_id", "user_id", "platform", "model", "client_format", "endpoint", "stream",
                    "http_status", "error_kind", "error_message", "duration_ms", "first_token_ms", "client_ip", "user_agent",
                ]);
        }

        using var refused = await user.Client.GetAsync($"{Path}?user_id={user.Id}", Cancel);
        (await refused.ErrorAsync(403)).GetProperty("errors").TryGetProperty("user_id", out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("http_status=99", "http_status")]
    [InlineData("http_status=ok", "http_status")]
    [InlineData("error_kind=boom", "error_kind")]
    [InlineData("request_id=1", "request_id")]
    [InlineData("limit=201", "limit")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("status=completed", "status")]
    public async Task What_is_not_understood_is_refused_by_name(string query, string field)
    {
        var gateway = await gateways.On(StorageKind.Embedded);

        using var response = await gateway.Admin.GetAsync($"{Path}?{query}", Cancel);

        (await response.ErrorAsync(400)).GetProperty("errors").EnumerateObject().Select(entry => entry.Name).ShouldBe([field]);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static JsonElement[] Items(JsonElement page) => [.. page.GetProperty("items").EnumerateArray()];
}
