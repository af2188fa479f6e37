using System.Collections.Concurrent;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Formats;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Proxy.Scheduling;

/// <summary>
/// Which account keeps a response and its items, for its user and nobody else: an account serves many users, and the platform tells them not apart. In Redis at once, in
/// the database a second later, which answers when Redis has lost it. Thread-safe.
/// </summary>
internal sealed partial class ResponseBindings(RedisConnection redis, IServiceScopeFactory scopes, TimeProvider clock, ILogger<ResponseBindings> logger) : BackgroundService
{
    /// <summary>As long as OpenAI keeps responses (Responses API reference, <c>store</c>, read 2026-11).</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    private static readonly TimeSpan WriteInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PruneInterval = TimeSpan.FromHours(1);
    private const int MostInBatch = 500;
    private const int MostWaiting = 100_000;

    private readonly ConcurrentDictionary<(long UserId, string ResponseId), ResponseBinding> _waiting = new();
    private DateTime _prunedAtUtc;

    /// <summary>Whether something can be the id of a response: it becomes a part of keys and addresses.</summary>
    public static bool IsId(string? id) =>
        id is { Length: > 0 and <= ResponseBinding.ResponseIdMaxLength } && !id.AsSpan().ContainsAnyExcept(IdCharacters);

    /// <summary>Remembers which account keeps the answer that a client is about to get, and its items, as their ids become known. Waits for nothing.</summary>
    public void Keep(ProxyCall call)
    {
        if (call is not { Operation: Operation.Generate, Converter: null, Format.Wire: WireFormat.OpenAiResponses, Request.IsStored: true, Reader: { } reader })
        {
            return;
        }

        for (; call.BoundIds < reader.KeptIds.Count; call.BoundIds++)
        {
            var id = reader.KeptIds[call.BoundIds];
            if (!IsId(id))
            {
                continue;
            }

            var binding = new ResponseBinding { UserId = call.Key.UserId, ResponseId = id, AccountId = call.Account!.Id, ExpiresAtUtc = clock.GetUtcNow().UtcDateTime + Lifetime };
            if (_waiting.Count < MostWaiting)
            {
                _waiting[(binding.UserId, id)] = binding;
            }

            _ = SetAsync(binding);
        }
    }

    /// <summary>The account that keeps a response of this user; null: none that is known.</summary>
    public async ValueTask<long?> FindAsync(long userId, string responseId, CancellationToken cancellationToken) =>
        (await FindAsync(userId, [responseId], cancellationToken))[0];

    /// <summary>The accounts that keep responses or items of this user, in the order of the ids; null where none is known.</summary>
    public async ValueTask<long?[]> FindAsync(long userId, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var found = new long?[ids.Count];
        var missing = new List<int>(ids.Count);
        for (var i = 0; i < found.Length; i++)
        {
            if (_waiting.TryGetValue((userId, ids[i]), out var waiting))
            {
                found[i] = waiting.AccountId;
            }
            else if (IsId(ids[i]))
            {
                missing.Add(i);
            }
        }

        if (missing.Count > 0)
        {
            await FindInRedisAsync(userId, ids, found, missing);
        }

        if (missing.Count > 0)
        {
            await FindInDatabaseAsync(userId, ids, found, missing, cancellationToken);
        }

        return found;
    }

    private async Task FindInRedisAsync(long userId, IReadOnlyList<string> ids, long?[] found, List<int> missing)
    {
        try
        {
            if (redis.IsResponsive)
            {
                var values = await redis.Database.StringGetAsync([.. missing.Select(index => RedisKeys.Response(userId, ids[index]))]);
                for (var i = values.Length - 1; i >= 0; i--)
                {
                    // A value that is absent could be parsed: as 0.
                    if (values[i].HasValue)
                    {
                        found[missing[i]] = (long)values[i];
                        missing.RemoveAt(i);
                    }
                }
            }
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            redis.NoteUnresponsive();
            Log.RedisFailed(logger, exception.Message);
        }
    }

    private async Task FindInDatabaseAsync(long userId, IReadOnlyList<string> ids, long?[] found, List<int> missing, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow().UtcDateTime;
        var wanted = missing.ConvertAll(index => ids[index]);
        var rows = await scope.ServiceProvider.GetRequiredService<GatewayDbContext>().ResponseBindings.AsNoTracking()
            .Where(binding => binding.UserId == userId && wanted.Contains(binding.ResponseId) && binding.ExpiresAtUtc > now).ToListAsync(cancellationToken);
        foreach (var index in missing)
        {
            found[index] = rows.Find(row => row.ResponseId == ids[index])?.AccountId;
        }
    }

    public async Task ForgetAsync(long userId, string responseId, CancellationToken cancellationToken)
    {
        _waiting.TryRemove((userId, responseId), out _);
        try
        {
            await redis.Database.KeyDeleteAsync(RedisKeys.Response(userId, responseId));
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.RedisFailed(logger, exception.Message);
        }

        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<GatewayDbContext>().ResponseBindings
            .Where(binding => binding.UserId == userId && binding.ResponseId == responseId).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Writes what is left: the embedded Redis ends with the process.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(WriteInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await WriteAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The rest is written when the service stops.
        }
    }

    private async Task SetAsync(ResponseBinding binding)
    {
        try
        {
            if (redis.IsConnected)
            {
                await redis.Database.StringSetAsync(RedisKeys.Response(binding.UserId, binding.ResponseId), binding.AccountId, Lifetime);
            }
        }
        catch (Exception exception) when (RedisFailure.Is(exception))
        {
            Log.RedisFailed(logger, exception.Message);
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!_waiting.IsEmpty)
            {
                var batch = _waiting.Take(MostInBatch).ToList();
                await InsertAsync(batch.ConvertAll(pair => pair.Value), cancellationToken);
                foreach (var pair in batch)
                {
                    _waiting.TryRemove(pair);
                }
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.DatabaseFailed(logger, exception.GetBaseException().Message);
        }
    }

    private async Task InsertAsync(List<ResponseBinding> batch, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        var ids = batch.ConvertAll(binding => binding.ResponseId);
        await using var transaction = await WriteTransaction.BeginAsync(db, System.Data.IsolationLevel.ReadCommitted, cancellationToken);
        var known = await db.ResponseBindings.Where(binding => ids.Contains(binding.ResponseId)).ToListAsync(cancellationToken);
        foreach (var binding in batch)
        {
            if (known.Find(row => row.UserId == binding.UserId && row.ResponseId == binding.ResponseId) is { } row)
            {
                (row.AccountId, row.ExpiresAtUtc) = (binding.AccountId, binding.ExpiresAtUtc);
            }
            else
            {
                db.ResponseBindings.Add(binding);
            }
        }

        await db.SaveChangesAsync(cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        if (now - _prunedAtUtc > PruneInterval)
        {
            _prunedAtUtc = now;
            await db.ResponseBindings.Where(binding => binding.ExpiresAtUtc <= now).ExecuteDeleteAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static readonly System.Buffers.SearchValues<char> IdCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Redis does not keep which account made a response; the database does: {Reason}")]
        public static partial void RedisFailed(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "Which accounts made responses could not be written to the database; it is tried again: {Reason}")]
        public static partial void DatabaseFailed(ILogger logger, string reason);
    }
}
