using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Scheduling;

/// <summary>How long a failure keeps requests away, and from what: short growing pauses for trouble, the platform's own time for its limits, long ones only with proof.</summary>
internal static class CooldownPolicy
{
    private const int ErrorsBeforePause = 3;
    private const int QuotaErrorsBeforeLongPause = 3;

    /// <summary>Failures this far apart have nothing to do with one another.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ErrorWindow = TimeSpan.FromSeconds(60);
    /// <summary>No limit is shorter than this.</summary>
    public static readonly TimeSpan LeastOfBurst = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MostOfBurst = TimeSpan.FromMinutes(30);

    /// <param name="family">Model family of the attempt.</param>
    /// <param name="failure">Of an attempt that reached the account.</param>
    /// <param name="status">The upstream's status; 0: there was no answer.</param>
    /// <param name="last">The last mark of the same scope, of whatever kind; null: there is none.</param>
    /// <param name="jitter">From 0 to 1: accounts that failed together come back one after the other.</param>
    /// <returns>Null: the failure says nothing of the account.</returns>
    public static CooldownMark? After(long accountId, string family, Failure failure, int status, Func<string, CooldownMark?> last, DateTimeOffset now, double jitter)
    {
        if (failure.LeavesNoPause)
        {
            return null;
        }

        var scope = IsWholeAccount(failure) ? "" : family;
        var before = last(scope) is { } mark && mark.Kind == failure.Kind && now - mark.Until < (failure.Kind == FailureKind.Server && !mark.IsPause ? ErrorWindow : Memory) ? mark : null;
        var count = (before?.Count ?? 0) + 1;
        if (Pause(failure, status, count, jitter) is not { } pause)
        {
            return null;
        }

        return new CooldownMark(accountId, scope, failure.Kind, failure.Evidence ?? failure.Message, now, now + pause, count);
    }

    /// <summary>Whether a failure concerns all that the account could be asked.</summary>
    public static bool IsWholeAccount(Failure failure) =>
        failure.IsWholeAccount ?? failure.Kind is FailureKind.AuthAccount or FailureKind.QuotaAccount or FailureKind.Unreachable;

    private static TimeSpan? Pause(Failure failure, int status, int count, double jitter)
    {
        // A moment later than the platform says, so that its clock and ours need not agree.
        var told = failure.RetryAfter is { } time ? time + TimeSpan.FromSeconds(jitter * Math.Min(1, time.TotalSeconds / 10)) : (TimeSpan?)null;
        return failure.Kind switch
        {
            FailureKind.AuthAccount => failure.IsWholeAccount == false ? TimeSpan.FromHours(6) : TimeSpan.FromMinutes(30),
            FailureKind.QuotaAccount => told ?? (count > QuotaErrorsBeforeLongPause ? TimeSpan.FromHours(6) : TimeSpan.FromHours(1)),
            FailureKind.RateLimit when failure.IsLongLimit && told is { } reset => reset,
            FailureKind.RateLimit when told is { } wait => Within(wait, LeastOfBurst, MostOfBurst),
            FailureKind.RateLimit => Growing(60, 300, count, jitter),
            FailureKind.Overloaded => Growing(status == 529 ? 15 : 10, 60, count, jitter),
            FailureKind.Server => count < ErrorsBeforePause ? TimeSpan.Zero : Growing(30, 60, count - ErrorsBeforePause + 1, jitter),
            FailureKind.Timeout or FailureKind.Unreachable => Growing(10, 60, count, jitter),
            FailureKind.Truncated => Growing(5, 60, count, jitter),
            FailureKind.ModelNotFound when status > 0 => TimeSpan.FromHours(1),
            _ => null,
        };
    }

    /// <summary>Doubling, and a fifth more or less.</summary>
    private static TimeSpan Growing(double first, double most, int count, double jitter) =>
        TimeSpan.FromSeconds(Math.Min(first * Math.Pow(2, Math.Min(count, 16) - 1), most) * (0.8 + (0.4 * jitter)));

    private static TimeSpan Within(TimeSpan time, TimeSpan least, TimeSpan most) => time < least ? least : time > most ? most : time;
}
