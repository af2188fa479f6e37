using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Metering.Limits;

/// <summary>Lets a request in if its API key's limits have room for it. What is reserved goes back when the request is settled.</summary>
internal sealed class KeyReservations(Reservations reservations, RequestNeeds needs, RedisClock redisClock)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <returns>Null: the request may go on; or why it may not.</returns>
    public ValueTask<Failure?> ReserveAsync(ProxyCall call, CancellationToken cancellationToken)
    {
        if (!call.Operation.IsBilled())
        {
            return default;
        }

        if (call.Key.Terms is { BillingMode: BillingMode.Subscription, Subscription: { } subscription } && OutsideOf(subscription, call.CreatedAtUtc) is { } outside)
        {
            return ValueTask.FromResult<Failure?>(outside);
        }

        var owner = LimitOwner.Of(call.Key);
        return owner.Limits.Rules.Count == 0 ? default : ReserveAsync(call, owner, cancellationToken);
    }

    private async ValueTask<Failure?> ReserveAsync(ProxyCall call, LimitOwner owner, CancellationToken cancellationToken)
    {
        var answer = await reservations.ReserveAsync(
            call.RequestId,
            owner,
            () => needs.Of(call, owner.Limits.Rules),
            () => call.CreatedAtUtc = redisClock.UtcNow, // Its own clock was wrong, or it took its time to come: it counts from now on.
            cancellationToken);
        call.Reservation = answer.Reservation;
        if (answer.Limits.Count > 0)
        {
            RateLimitHeaders.Write(call.Http.Response, answer.Limits, redisClock.UtcNow);
        }

        return answer.State switch
        {
            ReservationState.Reached => LimitReached.Failure(answer.Limits[0], answer.Need, redisClock.UtcNow),
            ReservationState.Offline => new Failure(
                FailureKind.Unavailable, "The gateway cannot check the limits of this API key at the moment. Try again in a few seconds.", RetryAfter: RetryAfter),
            ReservationState.Unknown => new Failure(
                FailureKind.Unavailable, "The gateway cannot tell at the moment what this API key has used. Try again in a few seconds.", RetryAfter: RetryAfter),
            _ => null,
        };
    }

    private static Failure? OutsideOf(Subscription subscription, DateTime utc) =>
        subscription.StartsAt is { } starts && utc < starts
            ? new Failure(FailureKind.ForbiddenClient, $"The subscription of this API key begins at {starts:yyyy-MM-ddTHH:mm:ssZ}.")
            : subscription.EndsAt is { } ends && utc >= ends
                ? new Failure(FailureKind.ForbiddenClient, $"The subscription of this API key ended at {ends:yyyy-MM-ddTHH:mm:ssZ}. Have it renewed.")
                : null;
}
