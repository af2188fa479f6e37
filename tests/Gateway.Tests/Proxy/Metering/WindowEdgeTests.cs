using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Metering.Limits;
using Gateway.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Proxy.Metering;

public sealed class WindowEdgeTests
{
    private static readonly DateTime Midnight = new(2026, 3, 11, 0, 0, 0, DateTimeKind.Utc);

    private readonly ApiKey _key = new() { Id = 7, UserId = 7, Name = "", SecretHash = [], Hint = "", RequestsPerMinute = 5000 };

    private readonly Account _account = new() { Id = 1, Name = "", Platform = Platform.Claude };

    [Fact]
    public async Task F33_a_thousand_requests_at_the_edge_of_a_window_count_in_one_window_each_however_often_they_are_settled()
    {
        await using var redis = new RedisConnection(new ConfigurationBuilder().Build());
        await redis.ConnectAsync();
        var limits = KeyLimits.Of(KeyTerms.Of(_key));
        var queue = new UsageQueue(redis, _ => limits);

        // A microsecond apart; the five hundredth comes at midnight itself.
        var requests = Enumerable.Range(0, 1000).Select(number => Ended.Request(_key, _account, Midnight.AddMicroseconds(number - 499))).ToList();

        await Task.WhenAll(requests.Concat(requests).Select(request => queue.AddAsync(request, UsageQueue.Write(request))));

        var shard = RedisKeys.ShardOf(_key.UserId);
        (await redis.Database.ListLengthAsync(RedisKeys.Queue(shard))).ShouldBe(1000);
        ((long)await redis.Database.HashGetAsync(RedisKeys.DailyUsage(shard, _key.Id, Midnight.AddDays(-1)), "requests")).ShouldBe(499);
        ((long)await redis.Database.HashGetAsync(RedisKeys.DailyUsage(shard, _key.Id, Midnight), "requests")).ShouldBe(501);
        var minutes = (await redis.Database.HashGetAllAsync(RedisKeys.Counters(_key.UserId, _key.Id)))
            .Where(counter => counter.Name.ToString().Contains("requests", StringComparison.Ordinal))
            .OrderBy(counter => counter.Name.ToString(), StringComparer.Ordinal).Select(counter => (long)counter.Value);
        minutes.ShouldBe([499, 501]);
    }
}
