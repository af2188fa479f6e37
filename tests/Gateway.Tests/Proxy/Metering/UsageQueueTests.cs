using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering;
using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace Gateway.Tests.Proxy.Metering;

public sealed class UsageQueueTests
{
    private const int Shard = 7;

    [Fact]
    public async Task A_full_page_of_long_entries_is_read_and_removed_whole()
    {
        await using var redis = new RedisConnection(new ConfigurationBuilder().Build());
        await redis.ConnectAsync();
        var queue = new UsageQueue(redis);
        var ids = Enumerable.Range(0, UsageSync.MostInBatch).Select(_ => Guid.CreateVersion7()).ToList();
        await redis.Database.ListRightPushAsync(RedisKeys.Queue(Shard), [.. ids.Select(id => (RedisValue)UsageQueue.Write(Refused(id)))]);

        var page = await queue.PeekAsync(Shard, UsageSync.MostInBatch);
        var wasTrimmed = await queue.TrimAsync(page);

        page.Entries.Select(entry => entry.RequestId).ShouldBe(ids);
        wasTrimmed.ShouldBeTrue();
        (await queue.LengthsAsync())[Shard].ShouldBe(0);
    }

    [Fact]
    public async Task A_page_that_somebody_else_has_removed_is_not_removed_again()
    {
        await using var redis = new RedisConnection(new ConfigurationBuilder().Build());
        await redis.ConnectAsync();
        var queue = new UsageQueue(redis);
        await redis.Database.ListRightPushAsync(
            RedisKeys.Queue(Shard), [UsageQueue.Write(Refused(Guid.CreateVersion7())), UsageQueue.Write(Refused(Guid.CreateVersion7()))]);
        var first = await queue.PeekAsync(Shard, most: 1);
        var again = await queue.PeekAsync(Shard, most: 1);

        await queue.TrimAsync(first);
        var wasTrimmed = await queue.TrimAsync(again);

        again.Entries.Single().RequestId.ShouldBe(first.Entries.Single().RequestId);
        wasTrimmed.ShouldBeFalse();
        (await queue.LengthsAsync())[Shard].ShouldBe(1);
    }

    /// <summary>With the longest error message that is kept.</summary>
    private static SettledRequest Refused(Guid id) => new()
    {
        RequestId = id,
        CreatedAtUtc = DateTime.UnixEpoch,
        ApiKeyId = 1,
        UserId = Shard,
        ClientFormat = "openai_chat",
        Endpoint = "/v1/chat/completions",
        HttpStatus = 400,
        ErrorMessage = new string('x', 1000),
        ClientIp = "127.0.0.1",
    };
}
