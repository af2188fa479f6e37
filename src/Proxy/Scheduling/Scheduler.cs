using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Scheduling;

/// <summary>
/// Chooses among accounts that are switched on, not left alone and have a free slot: the alias' order first, then priority, then the least load for their weight.
/// Equals take turns by their weights.
/// </summary>
internal sealed class Scheduler(Cooldowns cooldowns, TimeProvider clock) : IScheduler
{
    private static readonly TimeSpan BusyRetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NoneRetryAfter = TimeSpan.FromSeconds(30);

    private uint _turn;

    public ValueTask<Selection> SelectAsync(SchedulingRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var look = Look(request);
            if (look.Best is not { } best)
            {
                return ValueTask.FromResult(new Selection(null, Why(look)));
            }

            // Another request may take the last slot, or the right to try, between the look and the step: then there is one account less to choose from.
            var family = ModelFamilies.Of(best.UpstreamModel);
            if (look.MustProbe && !cooldowns.TryProbe(best.Account.Id, family))
            {
                continue;
            }

            if (best.Account.Load.TryEnter(best.Account.MaxConcurrency))
            {
                best.Account.Load.Pass = look.Pass + (1.0 / Math.Max(1, best.Account.Weight));
                return ValueTask.FromResult(new Selection(new AccountLease(best, family, clock.GetUtcNow()), null));
            }
        }
    }

    private View Look(SchedulingRequest request)
    {
        var candidates = request.Route.Candidates;
        var view = new View();
        var leader = double.MinValue;
        foreach (var candidate in candidates)
        {
            leader = Math.Max(leader, candidate.Account.Load.Pass);
        }

        // Starting elsewhere each time lets equals take turns.
        var start = (int)(Interlocked.Increment(ref _turn) % (uint)candidates.Count);
        for (var i = 0; i < candidates.Count; i++)
        {
            var at = start + i;
            var candidate = candidates[at < candidates.Count ? at : at - candidates.Count];
            var account = candidate.Account;
            if (!account.Enabled || request.Tried.Contains(candidate))
            {
                continue;
            }

            var readiness = cooldowns.Of(account.Id, ModelFamilies.Of(candidate.UpstreamModel), out var reason);
            if (readiness == AccountReadiness.Away)
            {
                view.Leave(reason!);
            }
            else if (account.MaxConcurrency is { } most && account.Load.InFlight >= most)
            {
                view.HasBusy = true;
            }
            else
            {
                // Who was away, or is new, does not make up for it.
                view.Consider(candidate, readiness, Math.Max(account.Load.Pass, leader - 1));
            }
        }

        return view;
    }

    private Failure Why(View view)
    {
        if (view.HasBusy)
        {
            return new Failure(FailureKind.NoAccount, "All accounts that serve this model are busy. Try again in a moment.", RetryAfter: BusyRetryAfter);
        }

        if (view.Soonest is not { } until)
        {
            return new Failure(FailureKind.NoAccount, "No account that serves this model can be used at the moment.", RetryAfter: NoneRetryAfter);
        }

        var wait = until - clock.GetUtcNow();
        wait = wait < BusyRetryAfter ? BusyRetryAfter : wait;
        return view.AreAllLimited
            ? new Failure(FailureKind.RateLimit, $"All accounts that serve this model have reached a limit of their platform. The first is expected back in {Math.Ceiling(wait.TotalSeconds):0} seconds.", RetryAfter: wait)
            : new Failure(FailureKind.NoAccount, $"No account that serves this model can be used at the moment: their platforms refuse or limit them. The first is tried again in {Math.Ceiling(wait.TotalSeconds):0} seconds.", RetryAfter: wait);
    }

    /// <summary>What a look at all candidates has found.</summary>
    private struct View
    {
        private bool _isLastResort;
        private bool _hasOtherReason;

        public View()
        {
        }

        public Candidate? Best { get; private set; }

        public bool MustProbe { get; private set; }

        /// <summary>How far the best one has come in taking turns.</summary>
        public double Pass { get; private set; }

        public bool HasBusy { get; set; }

        /// <summary>When the first account that is left alone comes back; null: none is.</summary>
        public DateTimeOffset? Soonest { get; private set; }

        public readonly bool AreAllLimited => !_hasOtherReason;

        public void Leave(CooldownMark reason)
        {
            Soonest = Soonest is { } known && known < reason.Until ? known : reason.Until;
            _hasOtherReason |= reason.Kind is not (FailureKind.RateLimit or FailureKind.QuotaAccount);
        }

        public void Consider(Candidate candidate, AccountReadiness readiness, double pass)
        {
            var isLastResort = readiness == AccountReadiness.LastResort;
            if (Best is { } best && !(isLastResort == _isLastResort ? IsBetter(candidate, pass, best, Pass) : _isLastResort))
            {
                return;
            }

            (Best, Pass, MustProbe, _isLastResort) = (candidate, pass, readiness == AccountReadiness.Probe, isLastResort);
        }

        private static bool IsBetter(Candidate one, double pass, Candidate other, double otherPass)
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
            var load = (long)one.Account.Load.InFlight * other.Account.Weight;
            var otherLoad = (long)other.Account.Load.InFlight * one.Account.Weight;
            return load != otherLoad ? load < otherLoad : pass < otherPass;
        }
    }
}
