using System.Globalization;
using Gateway.Tests.Support;

namespace Gateway.Tests.Features.Usage;

/// <summary>Who may sum up what, and which questions are refused.</summary>
public sealed class SummarizeUsageRefusalTests(UsageGateways gateways)
{
    private static readonly DateTime At = new(2026, 3, 10, 9, 30, 0, DateTimeKind.Utc);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_sees_own_keys_only_and_neither_costs_nor_accounts()
    {
        var gateway = await gateways.On(StorageKind.Embedded);
        using var user = await gateway.Admin.CreatePersonAsync();
        var client = user.Client;
        var own = await gateway.AddKeyAsync(user.Id);
        var foreign = await gateway.AddKeyAsync();
        var account = await gateway.AddAccountAsync();
        await gateway.StoreAsync([Ended.Request(own, account, At), Ended.Request(foreign, account, At)]);
        await gateway.QueueAsync([Ended.Request(own, account, At), Ended.Request(foreign, account, At)]);
        const string Query = "/api/admin/usage?from=2026-03-10&to=2026-03-11";

        var data = await client.GetDataAsync($"{Query}&group_by=api_key");
        var other = await client.GetDataAsync($"{Query}&api_key_id={foreign.Id}");

        data.GetProperty("items").EnumerateArray().Single().GetProperty("key").GetString().ShouldBe(own.Id.ToString(CultureInfo.InvariantCulture));
        data.GetProperty("totals").GetProperty("requests").GetInt64().ShouldBe(2);
        data.GetProperty("totals").TryGetProperty("cost_usd", out var _).ShouldBeFalse();
        data.GetProperty("items")[0].TryGetProperty("cost_usd", out var _).ShouldBeFalse();
        other.GetProperty("items").GetArrayLength().ShouldBe(0);
        await ShouldRefuseAsync(client, $"{Query}&group_by=account", 403, "group_by");
        await ShouldRefuseAsync(client, $"{Query}&group_by=user", 403, "group_by");
        await ShouldRefuseAsync(client, $"{Query}&user_id={user.Id}", 403, "user_id");
        await ShouldRefuseAsync(client, $"{Query}&account_id={account.Id}", 403, "account_id");
    }

    [Theory]
    [InlineData("group_by=week", "group_by")]
    [InlineData("group_by=", "group_by")]
    [InlineData("tz=Mars/Olympus", "tz")]
    [InlineData("tz=../../etc/passwd", "tz")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-03-10T08:00:00", "from")]
    [InlineData("from=2026-02-30", "from")]
    [InlineData("to=1773100000", "to")]
    [InlineData("from=2026-03-11&to=2026-03-10", "from")]
    [InlineData("from=2100-01-01", "from")]
    [InlineData("from=1970-01-01&group_by=day", "from")]
    [InlineData("from=2024-01-01&to=2026-01-01&group_by=hour", "from")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("api_key_id=0", "api_key_id")]
    [InlineData("api_key_id=1&api_key_id=-1", "api_key_id")]
    [InlineData("api_key_id=one", "api_key_id")]
    [InlineData("user_id=-5", "user_id")]
    [InlineData("account_id=0", "account_id")]
    [InlineData("platform=mistral", "platform")]
    [InlineData("platform=Claude", "platform")]
    [InlineData("model=", "model")]
    [InlineData("apikey_id=1", "apikey_id")]
    public async Task What_is_not_understood_is_refused_by_name(string query, string field) =>
        await ShouldRefuseAsync((await gateways.On(StorageKind.Embedded)).Admin, $"/api/admin/usage?{query}", 400, field);

    [Fact]
    public async Task Nobody_reads_usage_without_logging_in()
    {
        using var client = (await gateways.On(StorageKind.Embedded)).Server.CreateClient();

        using var response = await client.GetAsync("/api/admin/usage", Cancel);

        await response.ErrorAsync(401);
    }

    private static async Task ShouldRefuseAsync(HttpClient client, string path, int status, string field)
    {
        using var response = await client.GetAsync(path, Cancel);
        var error = await response.ErrorAsync(status);
        error.GetProperty("errors").EnumerateObject().Select(entry => entry.Name).ShouldBe([field]);
    }
}
