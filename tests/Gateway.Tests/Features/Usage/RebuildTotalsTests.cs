using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering.Store;
using Gateway.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Tests.Features.Usage;

public sealed class RebuildTotalsTests(UsageGateways gateways)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StorageKind.Embedded, 2018)]
    [InlineData(StorageKind.Servers, 2018)]
    public async Task Sums_that_somebody_changed_are_found_and_made_anew(StorageKind storage, int year)
    {
        var gateway = await gateways.On(storage);
        var day = new DateTime(year, 5, 1, 0, 0, 0, DateTimeKind.Utc);
        var (key, account) = (await gateway.AddKeyAsync(), await gateway.AddAccountAsync());
        await gateway.StoreAsync(Enumerable.Range(0, 50).Select(i => Ended.Request(key, account, day.AddMinutes(40 * i), model: $"model-{i % 3}", number: i + 1)).ToList());
        var check = gateway.Get<UsageTotalsCheck>();
        (await check.FindDriftAsync(DateOnly.FromDateTime(day), Cancel)).ShouldBeEmpty();
        await gateway.WithDbAsync(db => db.Set<DailyUsage>().Where(row => row.ApiKeyId == key.Id && row.Model == "model-1").ExecuteUpdateAsync(set => set.SetProperty(row => row.BilledNanoUsd, row => row.BilledNanoUsd - 7)));
        await gateway.WithDbAsync(db => db.Set<HourlyUsage>().Where(row => row.ApiKeyId == key.Id && row.Model == "model-2" && row.PeriodUtc < day.AddHours(2)).ExecuteDeleteAsync());

        var drift = await check.FindDriftAsync(DateOnly.FromDateTime(day), Cancel);
        var rebuilt = await gateway.Admin.PostDataAsync("/api/admin/usage/rebuild", new { from = $"{year}-05-01", to = $"{year}-05-02" });

        var daily = drift.Where(found => found.ApiKeyId == key.Id).Single(found => found.Table == "daily_usages");
        (daily.Model, daily.Missing.BilledNanoUsd, daily.Missing.Requests).ShouldBe(("model-1", 7, 0));
        drift.ShouldContain(found => found.Table == "hourly_usages" && found.Model == "model-2" && found.Missing.Requests > 0);
        rebuilt.GetProperty("days").GetInt32().ShouldBe(1);
        rebuilt.GetProperty("corrected").GetInt32().ShouldBe(drift.Count);
        (await check.FindDriftAsync(DateOnly.FromDateTime(day), Cancel)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(StorageKind.Embedded, 2017)]
    [InlineData(StorageKind.Servers, 2017)]
    public async Task A_sync_beside_the_rebuilding_loses_nothing(StorageKind storage, int year)
    {
        var gateway = await gateways.On(storage);
        var day = new DateTime(year, 5, 1, 0, 0, 0, DateTimeKind.Utc);
        var (key, account) = (await gateway.AddKeyAsync(), await gateway.AddAccountAsync());
        var check = gateway.Get<UsageTotalsCheck>();

        var writing = Task.WhenAll(Enumerable.Range(0, 20).Select(batch => gateway.StoreAsync([.. Enumerable.Range(0, 20).Select(i => Ended.Request(key, account, day.AddMinutes(i + batch), number: i + 1))])));
        while (!writing.IsCompleted)
        {
            await check.RebuildAsync(DateOnly.FromDateTime(day), Cancel);
        }

        await writing;
        (await check.FindDriftAsync(DateOnly.FromDateTime(day), Cancel)).ShouldBeEmpty();
        var totals = (await gateway.Admin.GetDataAsync($"/api/admin/usage?api_key_id={key.Id}&from={year}-01-01&to={year + 1}-01-01")).GetProperty("totals");
        totals.GetProperty("requests").GetInt32().ShouldBe(400);
    }

    [Theory]
    [InlineData("{}", "from")]
    [InlineData("""{"from":"2026-01-02","to":"2026-01-02"}""", "to")]
    [InlineData("""{"from":"2026-01-01","to":"2026-03-01"}""", "to")]
    public async Task Days_that_cannot_be_meant_are_refused(string body, string field)
    {
        var gateway = await gateways.On(StorageKind.Embedded);

        using var response = await gateway.Admin.PostAsync("/api/admin/usage/rebuild", new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Cancel);

        (await response.ErrorAsync(400)).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }
}
