using System.Globalization;
using System.Text.Json;
using Gateway.Infrastructure.Redis;
using StackExchange.Redis;

namespace Gateway.Proxy.Metering;

/// <summary>Ended requests in Redis: counted at once, waiting there for the database.</summary>
internal sealed class UsageQueue(RedisConnection redis)
{
    // A retry of a settlement comes within seconds; the spool's reaper within minutes.
    private const int SettledMarkerSeconds = 86_400;
    private const int DailyUsageSeconds = 40 * 86_400;

    private static readonly RedisScript Settle = RedisScript.Load("Proxy.Metering.Settle.lua");
    private static readonly RedisScript TrimScript = RedisScript.Load("Proxy.Metering.Trim.lua");

    /// <summary>Counts a request and queues it, once however often it is called.</summary>
    /// <exception cref="RedisException">Redis is away: the spool still has the request.</exception>
    public Task AddAsync(SettledRequest request, byte[] payload)
    {
        var shard = RedisKeys.ShardOf(request.UserId);
        var arguments = new List<RedisValue>(20) { SettledMarkerSeconds, payload, DailyUsageSeconds };
        if (request.Usage is { } usage)
        {
            AddField("requests", 1);
            AddField("input_tokens", usage.InputTokens);
            AddField("output_tokens", usage.OutputTokens);
            AddField("cache_read_tokens", usage.CacheReadTokens);
            AddField("cache_write_tokens", usage.CacheWriteTokens);
            AddField("cost_nano_usd", usage.CostNanoUsd);
            AddField("billed_nano_usd", usage.BilledNanoUsd);
        }

        return Settle.RunAsync(
            redis.Database,
            [
                RedisKeys.Settled(shard, request.RequestId),
                RedisKeys.Queue(shard),
                RedisKeys.DailyUsage(shard, request.ApiKeyId, request.CreatedAtUtc),
            ],
            [.. arguments]);

        void AddField(string name, long amount)
        {
            if (amount != 0)
            {
                arguments.Add(name);
                arguments.Add(amount);
            }
        }
    }

    /// <summary>The oldest entries of a shard, left where they are.</summary>
    /// <remarks>
    /// A transaction, not a script: Garnet 2.2.8 copies what a script reads into the memory its Lua is given, and where that is too little the whole
    /// process dies of it (2,000 entries of 800 bytes against 2 MB).
    /// </remarks>
    public async Task<QueuePage> PeekAsync(int shard, int most)
    {
        var read = redis.Database.CreateTransaction();
        _ = read.StringSetAsync(RedisKeys.QueueBase(shard), $"{Guid.NewGuid():N}:0", when: When.NotExists);
        var state = read.StringGetAsync(RedisKeys.QueueBase(shard));
        var entries = read.ListRangeAsync(RedisKeys.Queue(shard), 0, most - 1);
        await read.ExecuteAsync();
        return new QueuePage(shard, (string)(await state)!, [.. (await entries).Select(entry => Read((byte[])entry!))]);
    }

    /// <summary>Removes a page that is in the database, unless somebody else did meanwhile.</summary>
    public async Task<bool> TrimAsync(QueuePage page)
    {
        var separator = page.Base.LastIndexOf(':');
        var sequence = long.Parse(page.Base.AsSpan(separator + 1), CultureInfo.InvariantCulture) + page.Entries.Count;
        var next = string.Create(CultureInfo.InvariantCulture, $"{page.Base.AsSpan(0, separator)}:{sequence}");
        return (long)await TrimScript.RunAsync(
            redis.Database, [RedisKeys.QueueBase(page.Shard), RedisKeys.Queue(page.Shard)], [page.Base, page.Entries.Count, next]) == 1;
    }

    /// <summary>Entries by shard.</summary>
    public Task<long[]> LengthsAsync() => Task.WhenAll(Enumerable.Range(0, RedisKeys.Shards).Select(shard => redis.Database.ListLengthAsync(RedisKeys.Queue(shard))));

    /// <summary>When the oldest waiting request came; null: nothing waits.</summary>
    public async Task<DateTime?> OldestAsync()
    {
        var heads = await Task.WhenAll(Enumerable.Range(0, RedisKeys.Shards).Select(shard => redis.Database.ListGetByIndexAsync(RedisKeys.Queue(shard), 0)));
        return heads.Where(head => !head.IsNull).Select(head => (DateTime?)Read((byte[])head!).CreatedAtUtc).Min();
    }

    /// <summary>Everything that waits in some shards, for queries that must show what is not synced yet.</summary>
    public async Task<IReadOnlyList<SettledRequest>> ReadAsync(IEnumerable<int> shards)
    {
        var lists = await Task.WhenAll(shards.Select(shard => redis.Database.ListRangeAsync(RedisKeys.Queue(shard))));
        return [.. lists.SelectMany(list => list).Select(entry => Read((byte[])entry!))];
    }

    public static byte[] Write(SettledRequest request) => JsonSerializer.SerializeToUtf8Bytes(request, MeteringJson.Default.SettledRequest);

    public static SettledRequest Read(ReadOnlySpan<byte> payload) => JsonSerializer.Deserialize(payload, MeteringJson.Default.SettledRequest)!;
}

/// <summary>The oldest entries of one shard, and the state of the queue that they were read in.</summary>
internal sealed record QueuePage(int Shard, string Base, IReadOnlyList<SettledRequest> Entries);
