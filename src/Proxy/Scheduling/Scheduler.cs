using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Scheduling;

/// <summary>Enabled accounts with a free slot: the alias' order first, then priority, then the least load for their weight. Equals take turns.</summary>
internal sealed class Scheduler : IScheduler
{
    private static readonly TimeSpan BusyRetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NoneRetryAfter = TimeSpan.FromSeconds(30);

    private uint _turn;

    public ValueTask<Selection> SelectAsync(SchedulingRequest request, CancellationToken cancellationToken)
    {
        // Another request may take the last slot between the look and the step: then there is one account less to choose from.
        Candidate? best;
        bool someBusy;
        do
        {
            best = FindBest(request, out someBusy);
        }
        while (best is { } found && !found.Account.Load.TryEnter(found.Account.MaxConcurrency));

        return ValueTask.FromResult(best is { } chosen
            ? new Selection(new AccountLease(chosen), null)
            : new Selection(null, someBusy
                ? new Failure(FailureKind.NoAccount, "All accounts that serve this model are busy. Try again in a moment.", RetryAfter: BusyRetryAfter)
                : new Failure(FailureKind.NoAccount, "No account that serves this model can be used at the moment.", RetryAfter: NoneRetryAfter)));
    }

    private Candidate? FindBest(SchedulingRequest request, out bool someBusy)
    {
        var candidates = request.Route.Candidates;
        Candidate? best = null;
        someBusy = false;

        // Starting elsewhere each time lets equals take turns.
        var start = (int)(Interlocked.Increment(ref _turn) % (uint)candidates.Count);
        for (var i = 0; i < candidates.Count; i++)
        {
            var candidate = candidates[(start + i) % candidates.Count];
            var account = candidate.Account;
            if (!account.Enabled || request.Tried.Contains(candidate))
            {
                continue;
            }

            if (account.MaxConcurrency is { } most && account.Load.InFlight >= most)
            {
                someBusy = true;
            }
            else if (best is null || IsBetter(candidate, best.Value))
            {
                best = candidate;
            }
        }

        return best;
    }

    private static bool IsBetter(Candidate one, Candidate other)
    {
        if (one.Order != other.Order)
        {
            return one.Order < other.Order;
        }

        if (one.Account.Priority != other.Account.Priority)
        {
            return one.Account.Priority < other.Account.Priority;
        }

        // Load per weight, without division.
        return (long)one.Account.Load.InFlight * other.Account.Weight < (long)other.Account.Load.InFlight * one.Account.Weight;
    }
}
