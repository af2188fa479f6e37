using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering.Limits;
using StackExchange.Redis;

namespace Gateway.Proxy.Metering;

/// <summary>Ended requests in Redis: settled there, which means counted and queued for the database.</summary>
/// <param name="limitsOf">The limits of an API key as they are now; none for one that is deleted.</param>
internal sealed class UsageQueue(RedisConnection redis, Func<long, LimitSet> limitsOf)
{
    /// <summary>How long Redis knows that a request is settled. A retry comes within seconds, or when Redis is back.</summary>
    public static readonly TimeSpan MarkerLife = TimeSpan.FromDays(1);

    // Requests may end long after the window that they count in.
    private static readonly TimeSpan WindowsKept = TimeSpan.FromDays(1);

    // Where the arguments say how many fields follow.
    private const int FieldsAt = 7;

    private const int DailyUsageSeconds = 40 * 86_400;

    // A query reads this many entries at a time: some 400 KB, which Redis and Garnet answer within milliseconds.
    private const int QueryPage = 500;

    private static readonly RedisScript Settle = RedisScript.Load("Infrastructure.Redis.Clock.lua", "Proxy.Metering.Limits.Reservations.lua", "Proxy.Metering.Limits.Counters.lua", "Proxy.Metering.Settle.lua");
    private static readonly RedisScript TrimScript = RedisScript.Load("Proxy.Metering.Trim.lua");

    private readonly long[] _lengths = new long[RedisKeys.Shards];
    private readonly string?[] _epochs = new string?[RedisKeys.Shards];
    private long _losses;

    /// <summary>How long the queue was when this instance last saw each of its shards.</summary>
    public long LastKnownLength
    {
        get
        {
            var sum = 0L;
            foreach (ref var length in _lengths.AsSpan())
            {
                sum += Volatile.Read(ref length);
            }

            return sum;
        }
    }

    /// <summary>Counts a request and queues it, once however often it is called, and gives its reservation back.</summary>
    /// <returns>False: not now, try again. What its key has used is being counted anew.</returns>
    /// <exception cref="RedisException">Redis is away: the spool still has the request.</exception>
    public Task<bool> AddAsync(EndedRequest request, byte[] payload) => SettleAsync(request, payload);

    /// <summary>Only counts a request, unless it was counted before: the database has it already. What its key has used is counted anew with its next request.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    public Task<bool> CountAsync(EndedRequest request) => SettleAsync(request, payload: []);

    private async Task<bool> SettleAsync(EndedRequest request, byte[] payload)
    {
        var shard = RedisKeys.ShardOf(request.UserId);
        var limits = limitsOf(request.ApiKeyId);
        var arguments = new List<RedisValue>(28)
        {
            request.RequestId.ToString("N"), (long)MarkerLife.TotalSeconds, payload, $"{Guid.NewGuid():N}:0", DailyUsageSeconds, (long)LimitCounters.Life.TotalSeconds, limits.Signature, 0,
        };
        if (request.Usage is { IsPossible: true } usage)
        {
            AddField("requests", 1);
            AddField("input_tokens", usage.InputTokens);
            AddField("output_tokens", usage.OutputTokens);
            AddField("cache_read_tokens", usage.CacheReadTokens);
            AddField("cache_write_tokens", usage.CacheWriteTokens);
            AddField("cost_nano_usd", usage.CostNanoUsd);
            AddField("billed_nano_usd", usage.BilledNanoUsd);
        }

        arguments[FieldsAt] = (arguments.Count - FieldsAt - 1) / 2;
        AddCounters(arguments, limits.Rules, request);
        var answer = (RedisResult[])(await Settle.RunAsync(
            redis.Database,
            [
                RedisKeys.Settled(shard, request.RequestId),
                RedisKeys.Queue(shard),
                RedisKeys.QueueBase(shard),
                RedisKeys.DailyUsage(shard, request.ApiKeyId, request.CreatedAtUtc),
                RedisKeys.Counters(request.UserId, request.ApiKeyId),
                RedisKeys.CountersMaking(request.UserId, request.ApiKeyId),
                RedisKeys.Reserved(request.UserId, request.ApiKeyId),
                RedisKeys.ReservedLeases(request.UserId, request.ApiKeyId),
            ],
            [.. arguments]))!;
        var length = (long)answer[0];
        if (length > 0)
        {
            Volatile.Write(ref _lengths[shard], length);
        }

        Note(shard, (string?)answer[1]);
        return length >= 0;

        void AddField(string name, long amount)
        {
            if (amount != 0)
            {
                arguments.Add(name);
                arguments.Add(amount);
            }
        }
    }

    /// <summary>How often Redis was seen to have lost a queue that this instance has put something into.</summary>
    public long Losses => Interlocked.Read(ref _losses);

    /// <summary>Looks whether Redis still has those queues.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    public async Task CheckAsync()
    {
        var known = Enumerable.Range(0, RedisKeys.Shards).Where(shard => Volatile.Read(ref _epochs[shard]) is not null).ToList();
        var bases = await Task.WhenAll(known.Select(shard => redis.Database.StringGetAsync(RedisKeys.QueueBase(shard))));
        for (var i = 0; i < known.Count; i++)
        {
            Note(known[i], bases[i].IsNull ? ":0" : (string?)bases[i]);
        }
    }

    /// <summary>Another epoch than before means another queue than before.</summary>
    private void Note(int shard, string? state)
    {
        if (!string.IsNullOrEmpty(state))
        {
            var (epoch, _) = ReadBase(state);
            if (Interlocked.Exchange(ref _epochs[shard], epoch) is { } before && before != epoch && before.Length > 0)
            {
                Interlocked.Increment(ref _losses);
            }
        }
    }

    /// <summary>What the request has used of each limit that concerns it, in the windows that it came in.</summary>
    private static void AddCounters(List<RedisValue> arguments, IReadOnlyList<LimitRule> rules, EndedRequest request)
    {
        if (request.Usage is not { IsPossible: true } usage)
        {
            return;
        }

        foreach (var rule in rules)
        {
            if (rule.Counts(request.Model ?? ""))
            {
                var start = rule.WindowAt(request.CreatedAtUtc).StartUtc;
                arguments.Add(ReservedAmount.CounterOf(rule));
                arguments.Add(ReservedAmount.Milliseconds(start));
                arguments.Add(rule.AmountOf(usage));
                arguments.Add(ReservedAmount.Milliseconds(start - WindowsKept));
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
        var ended = new List<EndedRequest>();
        var unreadable = new List<byte[]>();
        foreach (byte[]? payload in await entries)
        {
            if (TryRead(payload, out var request))
            {
                ended.Add(request);
            }
            else
            {
                unreadable.Add(payload!);
            }
        }

        return new QueuePage(shard, (string)(await state)!, ended, unreadable);
    }

    /// <summary>Removes a page that is in the database, unless somebody else did meanwhile.</summary>
    public async Task<bool> TrimAsync(QueuePage page)
    {
        var (epoch, removed) = ReadBase(page.Base);
        var next = string.Create(CultureInfo.InvariantCulture, $"{epoch}:{removed + page.Count}");
        return (long)await TrimScript.RunAsync(
            redis.Database, [RedisKeys.QueueBase(page.Shard), RedisKeys.Queue(page.Shard)], [page.Base, page.Count, next]) == 1;
    }

    /// <summary>Entries by shard.</summary>
    public async Task<long[]> LengthsAsync()
    {
        var lengths = await Task.WhenAll(Enumerable.Range(0, RedisKeys.Shards).Select(shard => redis.Database.ListLengthAsync(RedisKeys.Queue(shard))));
        for (var shard = 0; shard < lengths.Length; shard++)
        {
            Volatile.Write(ref _lengths[shard], lengths[shard]);
        }

        return lengths;
    }

    /// <summary>When the oldest unsynced request came; null: there is none.</summary>
    public async Task<DateTime?> OldestAsync()
    {
        var heads = await Task.WhenAll(Enumerable.Range(0, RedisKeys.Shards).Select(shard => redis.Database.ListGetByIndexAsync(RedisKeys.Queue(shard), 0)));
        return heads.Select(head => TryRead((byte[]?)head, out var request) ? request.CreatedAtUtc : (DateTime?)null).Min();
    }

    /// <summary>What is queued in some shards and matches, for queries that must show what is not synced yet. Reads a bounded page at a time.</summary>
    /// <exception cref="RedisException">Redis is away or too slow; part of the usage would be missing.</exception>
    public async Task<IReadOnlyList<EndedRequest>> ReadAsync(IEnumerable<int> shards, Func<EndedRequest, bool> matches)
    {
        var found = new List<EndedRequest>();
        var lengths = await Task.WhenAll(shards.Select(async shard => (Shard: shard, Length: await redis.Database.ListLengthAsync(RedisKeys.Queue(shard)))));
        foreach (var (shard, length) in lengths)
        {
            if (length > 0)
            {
                await ReadAsync(shard, matches, found);
            }
        }

        return found;
    }

    /// <summary>Reads on where the page before ended, although a sync may remove entries from the front meanwhile: their numbers stay the same.</summary>
    /// <remarks>What was removed before it could be read here is in the database, and in any snapshot that is opened later.</remarks>
    private async Task ReadAsync(int shard, Func<EndedRequest, bool> matches, List<EndedRequest> found)
    {
        string? epoch = null;
        var (next, removed) = (0L, 0L);
        while (true)
        {
            var first = Math.Max(0, next - removed);
            var read = redis.Database.CreateTransaction();
            var state = read.StringGetAsync(RedisKeys.QueueBase(shard));
            var page = read.ListRangeAsync(RedisKeys.Queue(shard), first, first + QueryPage - 1);
            await read.ExecuteAsync();
            (var epochNow, removed) = ReadBase(await state);
            if (epochNow != epoch)
            {
                // The first look, or another Redis than a moment ago, whose numbers are others.
                (epoch, next) = (epochNow, removed);
            }

            if (first > Math.Max(0, next - removed))
            {
                continue;
            }

            var entries = await page;
            foreach (byte[]? payload in entries)
            {
                if (TryRead(payload, out var request) && matches(request))
                {
                    found.Add(request);
                }
            }

            if (entries.Length < QueryPage)
            {
                return;
            }

            next = removed + first + entries.Length;
        }
    }

    private static (string Epoch, long Removed) ReadBase(string? text) =>
        text?.LastIndexOf(':') is { } separator and >= 0
            ? (text[..separator], long.Parse(text.AsSpan(separator + 1), CultureInfo.InvariantCulture))
            : ("", 0);

    public static byte[] Write(EndedRequest request) => JsonSerializer.SerializeToUtf8Bytes(request, MeteringJson.Default.EndedRequest);

    /// <summary>False: it is not what this version writes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out EndedRequest? request)
    {
        try
        {
            request = payload.IsEmpty ? null : JsonSerializer.Deserialize(payload, MeteringJson.Default.EndedRequest);
        }
        catch (JsonException)
        {
            request = null;
        }

        return request is not null;
    }
}

/// <summary>The oldest entries of one shard, and the state of the queue that they were read in.</summary>
/// <param name="Unreadable">Entries that are not what this version writes.</param>
internal sealed record QueuePage(int Shard, string Base, IReadOnlyList<EndedRequest> Entries, IReadOnlyList<byte[]> Unreadable)
{
    public int Count => Entries.Count + Unreadable.Count;
}
