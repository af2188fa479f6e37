using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering;
using Gateway.Proxy.Metering.Limits;
using Gateway.Tests.Support;
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
        var queue = new UsageQueue(redis, _ => LimitSet.None);
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
        var queue = new UsageQueue(redis, _ => LimitSet.None);
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

    [Fact]
    public async Task A_query_finds_every_entry_once_though_others_are_removed_meanwhile()
    {
        await using var redis = new RedisConnection(new ConfigurationBuilder().Build());
        await redis.ConnectAsync();
        var queue = new UsageQueue(redis, _ => LimitSet.None);
        var ids = Enumerable.Range(0, 1600).Select(_ => Guid.CreateVersion7()).ToList();
        await redis.Database.ListRightPushAsync(RedisKeys.Queue(Shard), [.. ids.Select(id => (RedisValue)UsageQueue.Write(Refused(id)))]);
        await redis.Database.ListRightPushAsync(RedisKeys.Queue(Shard), "no record");
        var page = await queue.PeekAsync(Shard, most: 300);
        var seen = 0;

        // Removed while the query is at the entry after which it reads on.
        var found = await queue.ReadAsync([Shard - 1, Shard], _ =>
        {
            if (++seen == 500)
            {
                queue.TrimAsync(page).GetAwaiter().GetResult().ShouldBeTrue();
            }

            return true;
        });

        found.Select(request => request.RequestId).ShouldBe(ids);
    }

    [Fact]
    public async Task A_request_that_is_settled_again_is_counted_and_queued_once()
    {
        await using var redis = new RedisConnection(new ConfigurationBuilder().Build());
        await redis.ConnectAsync();
        var queue = new UsageQueue(redis, _ => LimitSet.None);
        var key = new ApiKey { Id = 3, UserId = Shard, Name = "", SecretHash = [], Hint = "" };
        var account = new Account { Id = 4, Name = "", Platform = Platform.Claude };
        var (queued, stored) = (Ended.Request(key, account, DateTime.UnixEpoch, number: 5), Ended.Request(key, account, DateTime.UnixEpoch, number: 7));

        await queue.AddAsync(queued, UsageQueue.Write(queued));
        await queue.AddAsync(queued, UsageQueue.Write(queued));
        await queue.CountAsync(queued);
        await queue.CountAsync(stored);
        await queue.CountAsync(stored);

        queue.LastKnownLength.ShouldBe(1);
        (await queue.LengthsAsync()).Sum().ShouldBe(1);
        var counters = (await redis.Database.HashGetAllAsync(RedisKeys.DailyUsage(Shard, key.Id, DateTime.UnixEpoch)))
            .ToDictionary(entry => entry.Name.ToString(), entry => (long)entry.Value);
        counters["requests"].ShouldBe(2);
        counters["input_tokens"].ShouldBe(12);
        counters["billed_nano_usd"].ShouldBe(12 * 1_500_005L);
    }

    /// <summary>With the longest error message that is kept.</summary>
    private static EndedRequest Refused(Guid id) => new()
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
