using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Metering.Queries;
using Gateway.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Proxy.Metering;

public sealed class KeySpendingTests(UsageGateways gateways)
{
    // Half past noon in Kolkata, whose days begin at 18:30 UTC.
    private static readonly DateTime Now = new(2026, 3, 29, 7, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(StorageKind.Embedded)]
    [InlineData(StorageKind.Servers)]
    public async Task Spending_is_the_same_before_during_and_after_the_sync(StorageKind storage)
    {
        var gateway = await gateways.On(storage);
        var user = await gateway.AddUserAsync();
        var daily = await gateway.AddKeyAsync(user.Id, new Subscription("day", 10, "Asia/Kolkata"));
        var weekly = await gateway.AddKeyAsync(user.Id, new Subscription("week", 10, "Europe/Berlin"));
        var prepaid = await gateway.AddKeyAsync(user.Id);
        var unused = await gateway.AddKeyAsync(user.Id, new Subscription("month", 10));
        var account = await gateway.AddAccountAsync();
        DateTime[] times =
        [
            new(2026, 3, 22, 22, 59, 59, 999, 999, DateTimeKind.Utc), // last instant of the week before in Berlin
            new(2026, 3, 22, 23, 0, 0, DateTimeKind.Utc), // first instant of the week in Berlin
            new(2026, 3, 28, 18, 29, 59, 999, 999, DateTimeKind.Utc), // yesterday in Kolkata
            new(2026, 3, 28, 18, 30, 0, DateTimeKind.Utc), // today in Kolkata
            Now,
        ];
        var requests = times.SelectMany((time, index) => (EndedRequest[])
        [
            Ended.Request(daily, account, time, number: 1 << index),
            Ended.Request(weekly, account, time, number: 1 << index),
            Ended.Request(prepaid, account, time, number: 1 << index),
        ]).ToList();
        await gateway.QueueAsync([.. requests, Ended.Refused(unused, Now)]);

        await ShouldBeRightAsync();
        await gateway.StoreAsync([.. requests.Where((_, index) => index % 2 == 0)]);
        await ShouldBeRightAsync();
        await gateway.SyncAsync();
        await ShouldBeRightAsync();

        async Task ShouldBeRightAsync()
        {
            var spending = new KeySpending(gateway.Get<UnsyncedUsage>(), new FakeTimeProvider(new DateTimeOffset(Now)));
            var found = await spending.ReadAsync([daily, weekly, prepaid, unused], TestContext.Current.CancellationToken);

            found.Count.ShouldBe(4);
            found[daily.Id].ShouldBe(new KeySpend(Billed(31), Billed(8 + 16), new DateTime(2026, 3, 29, 18, 30, 0, DateTimeKind.Utc), Now));
            found[weekly.Id].ShouldBe(new KeySpend(Billed(31), Billed(2 + 4 + 8 + 16), new DateTime(2026, 3, 29, 22, 0, 0, DateTimeKind.Utc), Now));
            found[prepaid.Id].ShouldBe(new KeySpend(Billed(31), null, null, Now));
            found[unused.Id].ShouldBe(new KeySpend(0, 0, new DateTime(2026, 4, 1, 0, 0, 0, DateTimeKind.Utc), null));
        }

        static long Billed(int numbers) => 1_500_005L * numbers;
    }

    [Fact]
    public async Task A_key_that_is_not_committed_yet_has_spent_nothing()
    {
        var gateway = await gateways.On(StorageKind.Embedded);
        var key = new ApiKey { Id = long.MaxValue, Name = "new", SecretHash = [], Hint = "" };

        var found = await new KeySpending(gateway.Get<UnsyncedUsage>(), TimeProvider.System).ReadAsync([key], TestContext.Current.CancellationToken);

        found[key.Id].ShouldBe(new KeySpend(0, null, null, null));
    }
}
