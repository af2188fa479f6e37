using Gateway.Features.Sync.SyncUsage;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Metering.Limits;
using Gateway.Tests.Support;
using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace Gateway.Tests.Features.Sync;

public sealed class SyncUsageTaskTests
{
    [Fact]
    public async Task A_long_queue_is_moved_early_and_an_emptied_one_is_not()
    {
        await using var redis = new RedisConnection(new ConfigurationBuilder().Build());
        await redis.ConnectAsync();
        var queue = new UsageQueue(redis, _ => LimitSet.None);
        var task = new SyncUsageTask(queue);
        var request = Ended.Refused(new ApiKey { Id = 1, UserId = 5, Name = "", SecretHash = [], Hint = "" }, DateTime.UnixEpoch);
        await redis.Database.ListRightPushAsync(RedisKeys.Queue(5), Enumerable.Repeat((RedisValue)"entry of another instance", 4998).ToArray());

        await queue.AddAsync(request, UsageQueue.Write(request));
        task.IsDueEarly.ShouldBeFalse();
        request = request with { RequestId = Guid.CreateVersion7() };
        await queue.AddAsync(request, UsageQueue.Write(request));
        task.IsDueEarly.ShouldBeTrue();

        await redis.Database.KeyDeleteAsync(RedisKeys.Queue(5));
        await queue.LengthsAsync();
        task.IsDueEarly.ShouldBeFalse();
    }
}
