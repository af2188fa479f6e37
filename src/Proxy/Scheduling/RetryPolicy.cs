using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Scheduling;

/// <summary>Whether the account that failed is worth another try when there is no other.</summary>
internal static class RetryPolicy
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <param name="status">The upstream's status; 0: there was no answer, and the request may have been carried out.</param>
    /// <returns>How long to wait before it; null: it is not.</returns>
    public static TimeSpan? InPlace(Failure failure, int status) => failure switch
    {
        { ShouldRetry: "false" } => null,

        // A little longer than the account is left alone for it.
        { Kind: FailureKind.RateLimit, RetryAfter: { } wait } when wait <= LongestWait => ((wait < CooldownPolicy.LeastOfBurst ? CooldownPolicy.LeastOfBurst : wait) * 1.1) + TimeSpan.FromMilliseconds(50),
        { Kind: FailureKind.Overloaded or FailureKind.Server, RetryAfter: null } when status > 0 => TimeSpan.FromSeconds(0.5 + (Random.Shared.NextDouble() / 2)),
        { Kind: FailureKind.Overloaded or FailureKind.Server, RetryAfter: { } wait } when status > 0 && wait <= LongestWait => wait,
        _ => null,
    };
}
