using System.Collections.Concurrent;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Metering.Limits;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling.Concurrency;
using Gateway.Proxy.Scheduling.Sessions;
using Gateway.Proxy.Scheduling.Signatures;

namespace Gateway.Proxy.Scheduling;

/// <summary>
/// Lets requests in: reserves what they may use of the limits of their API key, takes one of its slots, and finds the account that knows the conversation. What it asks Redis it asks at once, so that one round
/// trip is waited for.
/// </summary>
internal sealed class Admission(KeyReservations reservations, ConcurrencySlots slots, SessionAffinity sessions, SignatureOwners signatures, DynamicConfigs configs, TimeProvider clock)
{
    private static readonly TimeSpan BusyRetryAfter = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<long, SlotPool> _pools = new();

    /// <summary>Waits for a slot of the API key, if need be. It goes back with <see cref="Leave"/>, however the request ends, and what was reserved when it is settled.</summary>
    /// <param name="body">The inspected request.</param>
    /// <param name="patience">How long it may wait at most, besides what the settings say.</param>
    /// <returns>Null: the request may go on; or why it may not.</returns>
    public ValueTask<Failure?> EnterAsync(ProxyCall call, ReadOnlySpan<byte> body, TimeSpan patience, CancellationToken cancellationToken)
    {
        call.Session = sessions.IsOn ? SessionKey.Of(call.Key.Id, call.Route!.Model, call.Format.Name, call.Http.Request.Headers, call.Request, body) : null;
        var signed = SignatureOwners.In(body, call.Format.Wire);
        call.Signed = signed.Count > 0 ? SignedReasoning.Unknown : null;

        var isAlone = call.Route!.Candidates.Count == 1;
        var finding = call.Session is { } session && !isAlone ? sessions.FindAsync(call.Key.UserId, call.Key.Id, session.Id) : null;
        var asking = signed.Count > 0 && !isAlone ? signatures.FindAsync(call.Key.UserId, signed) : null;
        var most = call.Operation.IsBilled() ? call.Key.MaxConcurrency : null;
        var reserving = reservations.ReserveAsync(call, cancellationToken);
        return finding is null && asking is null && most is null ? reserving : EnterAsync(call, reserving.AsTask(), finding, asking, most, patience, cancellationToken);
    }

    /// <summary>Gives the API key's slot back; more than once does no harm.</summary>
    public void Leave(ProxyCall call)
    {
        if (call.KeySlots is { } pool)
        {
            slots.Release(pool, call.RequestId);
        }
    }

    private async ValueTask<Failure?> EnterAsync(
        ProxyCall call, Task<Failure?> reserving, Task<long?>? finding, Task<SignedReasoning>? asking, int? most, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (reserving.IsCompleted && await reserving is { } refusal)
        {
            return refusal; // Without asking for more.
        }

        var hasSlot = true;
        if (most is null)
        {
            await reserving;
        }
        else
        {
            using var refused = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var taking = TakeAsync(call, most.Value, patience, refused.Token);
            await ((Task)reserving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (reserving is not { IsCompletedSuccessfully: true, Result: null })
            {
                await refused.CancelAsync(); // It need not wait for a slot.
                await ((Task)taking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else
            {
                hasSlot = await taking;
            }
        }

        if (await reserving is { } failure)
        {
            return failure;
        }

        call.BoundAccountId = finding is null ? null : await finding;
        if (asking is not null)
        {
            call.Signed = await asking;
            call.BoundAccountId ??= call.Signed.LastAccountId;
        }

        return hasSlot ? null : new Failure(
            FailureKind.LimitClient,
            $"This API key has as many requests under way as it may ({most}). Wait for one to end, or have its max_concurrency raised.",
            RetryAfter: BusyRetryAfter);
    }

    /// <returns>Whether the request has a slot of its key.</returns>
    private async Task<bool> TakeAsync(ProxyCall call, int most, TimeSpan patience, CancellationToken cancellationToken)
    {
        var pool = _pools.GetOrAdd(call.Key.Id, static (id, userId) => new SlotPool(RedisKeys.KeySlots(userId, id)), call.Key.UserId);
        call.KeySlots = pool; // From here on it is given back, also when the wait for it is cut off.
        var longest = TimeSpan.FromSeconds(configs.Get(ConcurrencySettings.QueueSeconds));
        var began = clock.GetTimestamp();
        var isTaken = await slots.TakeAsync(pool, call.RequestId, most, patience < longest ? patience : longest, cancellationToken);
        call.KeyWaited = clock.GetElapsedTime(began);
        return isTaken;
    }
}
