using System.Collections.Concurrent;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling.Concurrency;
using Gateway.Proxy.Scheduling.Sessions;
using Gateway.Proxy.Scheduling.Signatures;
using StackExchange.Redis;

namespace Gateway.Proxy.Scheduling;

/// <summary>Lets requests in: takes a slot of the API key, where it has a limit, and finds the account that knows the conversation, in one round trip.</summary>
internal sealed class Admission(ConcurrencySlots slots, SessionAffinity sessions, SignatureOwners signatures, RedisConnection redis, DynamicConfigs configs)
{
    private const int Unlimited = -1;

    private static readonly RedisScript Script = RedisScript.Load("Proxy.Scheduling.Concurrency.Slots.lua", "Proxy.Scheduling.Admit.lua");

    private readonly ConcurrentDictionary<long, SlotPool> _pools = new();

    /// <summary>Waits for a slot of the API key, if need be. What was taken goes back with <see cref="Leave"/>, however the request ends.</summary>
    /// <returns>Null: the request may go on; or why it may not.</returns>
    /// <param name="body">The inspected request.</param>
    public ValueTask<Failure?> EnterAsync(ProxyCall call, ReadOnlySpan<byte> body, CancellationToken cancellationToken)
    {
        call.Session = sessions.IsOn ? SessionKey.Of(call.Key.Id, call.Route!.Model, call.Format.Name, call.Http.Request.Headers, call.Request, body) : null;
        var signed = SignatureOwners.In(body, call.Format.Wire);
        if (signed.Count == 0)
        {
            return EnterAsync(call, cancellationToken);
        }

        call.Signed = SignedReasoning.Unknown;
        return call.Route!.Candidates.Count > 1 ? EnterSignedAsync(call, signed, cancellationToken) : EnterAsync(call, cancellationToken);
    }

    /// <summary>Both ask Redis at the same time.</summary>
    private async ValueTask<Failure?> EnterSignedAsync(ProxyCall call, List<UInt128> signed, CancellationToken cancellationToken)
    {
        var owners = signatures.FindAsync(call.Key.UserId, signed);
        var failure = await EnterAsync(call, cancellationToken);
        call.Signed = await owners;
        call.BoundAccountId ??= call.Signed.LastAccountId;
        return failure;
    }

    private async ValueTask<Failure?> EnterAsync(ProxyCall call, CancellationToken cancellationToken)
    {
        var most = call.Operation.IsBilled() ? call.Key.MaxConcurrency : null;
        if (most is null && call.Session is null)
        {
            return null;
        }

        var pool = _pools.GetOrAdd(call.Key.Id, static (id, userId) => new SlotPool(RedisKeys.KeySlots(userId, id)), call.Key.UserId);
        var hasSlot = await AskAsync(call, pool, most);
        if (most is null)
        {
            return null;
        }

        call.KeySlots = pool; // From here on it is given back, also when the wait for it is cut off.
        if (hasSlot)
        {
            slots.Note(pool, call.RequestId);
            return null;
        }

        return await WaitAsync(pool, call.RequestId, most.Value, cancellationToken) ? null : new Failure(
            FailureKind.LimitClient,
            $"This API key has as many requests under way as it may ({most}). Wait for one to end, or have its max_concurrency raised.",
            RetryAfter: TimeSpan.FromSeconds(5));
    }

    /// <summary>Gives the API key's slot back; more than once does no harm.</summary>
    public void Leave(ProxyCall call)
    {
        if (call.KeySlots is { } pool)
        {
            slots.Release(pool, call.RequestId);
        }
    }

    /// <returns>Whether the request has a slot.</returns>
    private async ValueTask<bool> AskAsync(ProxyCall call, SlotPool pool, int? most)
    {
        if (slots.IsRedisThere)
        {
            try
            {
                RedisKey[] keys = call.Session is { } session ? [.. pool.Keys, sessions.NameOf(call.Key.UserId, call.Key.Id, session.Id)] : pool.Keys;
                var found = (RedisResult[])(await Script.RunAsync(
                    redis.Database, keys, [(long)sessions.Lifetime.TotalSeconds, .. ConcurrencySlots.Arguments(call.RequestId, most ?? Unlimited, longestQueue: 0)]))!;
                call.BoundAccountId = sessions.Read(found[1]);
                return (int)found[0] == 0;
            }
            catch (Exception exception) when (RedisFailure.Is(exception))
            {
                slots.NoteFailure(exception);
            }
        }

        call.BoundAccountId = call.Session is { } known ? sessions.Remembered(call.Key.Id, known.Id) : null;
        return most is null || pool.TryHold(call.RequestId, most.Value, null);
    }

    private async ValueTask<bool> WaitAsync(SlotPool pool, Guid id, int most, CancellationToken cancellationToken)
    {
        var limit = TimeSpan.FromSeconds(configs.Get(ConcurrencySettings.QueueSeconds));
        if (limit == TimeSpan.Zero)
        {
            return false;
        }

        using var place = slots.Queue(pool, id, most);
        if (place is null)
        {
            return false;
        }

        while (true)
        {
            switch (await place.AskAsync())
            {
                case SlotAnswer.Taken:
                    return true;
                case SlotAnswer.Waiting when place.Waited < limit:
                    await place.WaitAsync(cancellationToken);
                    break;
                default:
                    return false;
            }
        }
    }
}
