using Gateway.Infrastructure.Configs;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling.Concurrency;

namespace Gateway.Proxy.Scheduling;

/// <summary>
/// Chooses among accounts that are switched on, not left alone and have a free slot: the alias' order first, then the account that the session is bound to, then priority, then the least load
/// for their weight. Equals take turns by their weights. In memory, but for the slot of an account that has a limit.
/// </summary>
internal sealed class Scheduler(Cooldowns cooldowns, ConcurrencySlots slots, DynamicConfigs configs, TimeProvider clock)
{
    private static readonly Failure Busy = new(
        FailureKind.NoAccount, "All accounts that serve this model are busy. Try again in a few seconds.", RetryAfter: TimeSpan.FromSeconds(5));

    private static readonly TimeSpan LeastRetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NoneRetryAfter = TimeSpan.FromSeconds(30);

    /// <summary>A session whose account is away for no longer comes back to it.</summary>
    /// <remarks>A prompt cache lives for 5 minutes and more (Claude, prompt caching, read 2026-11): it is worth a minute.</remarks>
    private static readonly TimeSpan LongestAbsence = TimeSpan.FromSeconds(60);

    // A bound account has too much to do when it has so many times the load of the best one, and so many requests more.
    private const int OverloadFactor = 2;
    private const int OverloadMargin = 8;

    private TimeSpan LongestWait => TimeSpan.FromSeconds(configs.Get(ConcurrencySettings.QueueSeconds));

    /// <returns>A lease to dispose when the attempt has ended, or why no account can be had.</returns>
    public async ValueTask<Selection> SelectAsync(SchedulingRequest request, CancellationToken cancellationToken)
    {
        SlotPlace? place = null;
        try
        {
            while (true)
            {
                var view = Look(request, place?.Pool);
                if (view.Best is { } best)
                {
                    // Another request may take the last slot, or the right to try, between the look and the step: then there is one account less to choose from.
                    if (await TryTakeAsync(request, best, view.MustProbe))
                    {
                        view.TakeTurn();
                        return new Selection(Lease(request, best, view.ChosenBy, place), null);
                    }

                    continue;
                }

                if (view.Busy is not { } busy)
                {
                    return new Selection(null, Why(view));
                }

                if (place is null || place.Pool != busy.Account.Load.Slots)
                {
                    place?.Dispose();
                    place = LongestWait > TimeSpan.Zero ? slots.Queue(busy.Account.Load.Slots, request.Id, busy.Account.MaxConcurrency!.Value) : null;
                }

                switch (place is null ? SlotAnswer.QueueFull : await place.AskAsync())
                {
                    case SlotAnswer.Taken:
                        return new Selection(Lease(request, busy, ChosenBy.Load, place), null);
                    case SlotAnswer.Waiting when place!.Waited < LongestWait:
                        await place.WaitAsync(cancellationToken);
                        break;
                    default:
                        return new Selection(null, Busy);
                }
            }
        }
        finally
        {
            place?.Dispose();
        }
    }

    /// <summary>Which account a request would get now: nothing is taken, and nobody is asked.</summary>
    /// <param name="failure">Why it would get none at once; null when there is one.</param>
    public (Candidate Candidate, ChosenBy ChosenBy)? Explain(SchedulingRequest request, out Failure? failure)
    {
        var view = Look(request, null);
        failure = view.Best is not null ? null : view.Busy is null ? Why(view) : Busy;
        return view.Best is { } best ? (best, view.ChosenBy) : null;
    }

    /// <summary>Whether a candidate can be had for the request.</summary>
    /// <param name="mark">What is known against it; null: nothing.</param>
    public CandidateState StateOf(SchedulingRequest request, in Candidate candidate, out CooldownMark? mark)
    {
        mark = null;
        var account = candidate.Account;
        if (!account.Enabled)
        {
            return CandidateState.Disabled;
        }

        if (request.Tried.Count > 0 && request.Tried.Contains(candidate))
        {
            return CandidateState.Tried;
        }

        var readiness = cooldowns.Of(account.Id, candidate.ModelFamily, out mark);
        return readiness == AccountReadiness.Away ? CandidateState.Away
            : request.IsLimited && account.MaxConcurrency is { } most && account.Load.Slots.IsFull(most, clock.GetUtcNow()) ? CandidateState.Busy
            : readiness == AccountReadiness.Ready ? CandidateState.Ready
            : readiness == AccountReadiness.Probe ? CandidateState.Probe
            : CandidateState.LastResort;
    }

    private async ValueTask<bool> TryTakeAsync(SchedulingRequest request, Candidate best, bool mustProbe)
    {
        var pool = IsLimited(request, best) ? best.Account.Load.Slots : null;
        if (pool is not null && !await slots.TryTakeAsync(pool, request.Id, best.Account.MaxConcurrency!.Value))
        {
            return false;
        }

        if (mustProbe && !cooldowns.TryProbe(best.Account.Id, best.ModelFamily))
        {
            if (pool is not null)
            {
                slots.Release(pool, request.Id);
            }

            return false;
        }

        return true;
    }

    private static bool IsLimited(SchedulingRequest request, in Candidate candidate) => request.IsLimited && candidate.Account.MaxConcurrency is not null;

    private AccountLease Lease(SchedulingRequest request, Candidate candidate, ChosenBy chosenBy, SlotPlace? place)
    {
        candidate.Account.Load.Enter();
        return new AccountLease(candidate, clock.GetUtcNow(), request.Id, IsLimited(request, candidate) ? slots : null)
        {
            ChosenBy = chosenBy,
            Waited = place?.Waited ?? TimeSpan.Zero,
            Binds = request.BoundAccountId is not { } bound || (bound != candidate.Account.Id && !ComesBack(request, bound)),
        };
    }

    /// <summary>Whether the account that the session is bound to will soon serve it again.</summary>
    private bool ComesBack(SchedulingRequest request, long bound) =>
        request.Route.Find(bound) is { Account.Enabled: true } candidate
        && cooldowns.Of(bound, candidate.ModelFamily, out var mark) != AccountReadiness.Ready
        && mark!.Until - clock.GetUtcNow() <= LongestAbsence;

    /// <param name="queue">Where the request waits already; null: nowhere.</param>
    private View Look(SchedulingRequest request, SlotPool? queue)
    {
        request.BeginChoice();
        var view = new View();
        foreach (var tier in request.Route.Tiers)
        {
            if (LookInto(tier, request, queue, ref view))
            {
                break; // Nobody further back is preferred.
            }
        }

        if (request.BoundAccountId is { } id && request.Route.Find(id) is { } bound)
        {
            PreferBound(request, bound, ref view);
        }

        return view;
    }

    /// <returns>Whether one of the tier can be had.</returns>
    private bool LookInto(CandidateBlock[] tier, SchedulingRequest request, SlotPool? queue, ref View view)
    {
        for (var looked = 0; looked < tier.Length; looked++)
        {
            // The block that has had the fewest turns for its weight; when none of it can be had, the next one.
            var (block, latest) = (tier[0], tier[0].Pass);
            foreach (var other in tier)
            {
                block = other.Pass < block.Pass ? other : block;
                latest = Math.Max(latest, other.Pass);
            }

            LookInto(block, request, queue, ref view);
            if (view.HasReady)
            {
                return true;
            }

            block.SkipTurns(latest);
        }

        // Others took turns meanwhile, and a block may have been left out: before it is said that there is none, all are looked into.
        for (var i = 0; i < tier.Length && tier.Length > 1 && !view.HasReady; i++)
        {
            LookInto(tier[i], request, queue, ref view);
        }

        return view.HasReady;
    }

    private void LookInto(CandidateBlock block, SchedulingRequest request, SlotPool? queue, ref View view)
    {
        foreach (ref readonly var candidate in block.Members)
        {
            var state = StateOf(request, candidate, out var mark);
            switch (state)
            {
                case CandidateState.Ready or CandidateState.Probe:
                    view.Consider(candidate, block, state);
                    continue;
                case CandidateState.LastResort:
                    view.Consider(candidate, block, state);
                    break;
                case CandidateState.Busy:
                    view.ConsiderBusy(candidate, queue);
                    break;
                case CandidateState.Away:
                    view.Leave(mark!);
                    break;
            }

            request.PassOver(new PassedOver(candidate.Account.Id, state, mark));
        }
    }

    /// <summary>A session stays with its account, wherever that stands in priority, but not for another model, and not when the account is in trouble or has far more to do than others.</summary>
    private void PreferBound(SchedulingRequest request, in Candidate bound, ref View view)
    {
        var state = StateOf(request, bound, out _);
        if (state is not (CandidateState.Ready or CandidateState.Probe) || view.Best is not { } best || bound.Order > best.Order
            || (bound.Account.Id != best.Account.Id && IsOverloaded(bound.Account, best.Account)))
        {
            return;
        }

        view.Prefer(bound, state);
    }

    private static bool IsOverloaded(UpstreamAccount account, UpstreamAccount other) =>
        account.Load.InFlight >= other.Load.InFlight + OverloadMargin
        && (long)account.Load.InFlight * other.Weight > OverloadFactor * (long)Math.Max(1, other.Load.InFlight) * account.Weight;

    private Failure Why(in View view)
    {
        if (view.Soonest is not { } until)
        {
            return new Failure(FailureKind.NoAccount, "No account that serves this model can be used at the moment.", RetryAfter: NoneRetryAfter);
        }

        var wait = until - clock.GetUtcNow();
        wait = wait < LeastRetryAfter ? LeastRetryAfter : wait;
        return view.AreAllLimited
            ? new Failure(FailureKind.RateLimit, $"All accounts that serve this model have reached a limit of their platform. The first is expected back in {Math.Ceiling(wait.TotalSeconds):0} seconds.", RetryAfter: wait)
            : new Failure(FailureKind.NoAccount, $"No account that serves this model can be used at the moment: their platforms refuse or limit them. The first is tried again in {Math.Ceiling(wait.TotalSeconds):0} seconds.", RetryAfter: wait);
    }
}
