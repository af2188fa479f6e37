using Gateway.Infrastructure.Configs;
using Gateway.Proxy.Metering.Limits;
using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling.Concurrency;

namespace Gateway.Proxy.Scheduling;

/// <summary>
/// Chooses among accounts that are switched on, not left alone and have a free slot: the alias' order first, then the account that the session is bound to, then priority, then the least load
/// for their weight. Equals take turns by their weights. In memory, but for the slot of an account that has a limit.
/// </summary>
internal sealed class Scheduler(Cooldowns cooldowns, ConcurrencySlots slots, DynamicConfigs configs, TimeProvider clock)
{
    private static readonly TimeSpan BusyRetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeastRetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NoneRetryAfter = TimeSpan.FromSeconds(30);

    /// <summary>A session whose account is away for no longer comes back to it.</summary>
    /// <remarks>A prompt cache lives for 5 minutes and more (Claude, prompt caching, read 2026-11): it is worth a minute.</remarks>
    private static readonly TimeSpan LongestAbsence = TimeSpan.FromSeconds(60);

    // A bound account has too much to do when it has so many times the load of the best one, and so many requests more: a warm prompt cache is worth some waiting.
    private const int OverloadFactor = 2;
    private const int OverloadMargin = 32;

    // Many conversations may begin alike: what is guessed must not gather them all at one account.
    private const int GuessMargin = 2;

    private TimeSpan LongestWait => TimeSpan.FromSeconds(configs.Get(ConcurrencySettings.QueueSeconds));

    /// <returns>A lease to dispose when the attempt has ended, or why no account can be had.</returns>
    public async ValueTask<Selection> SelectAsync(SchedulingRequest request, CancellationToken cancellationToken)
    {
        var limit = request.Patience < LongestWait ? request.Patience : LongestWait;
        var began = clock.GetTimestamp();
        request.NoteWait();
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                request.MayWait = clock.GetElapsedTime(began) < limit;
                var view = Look(request);

                // An account that is well, and full for a moment, is worth a wait: one in trouble would only fail once more.
                if (view.Best is { } best && (view.HasReady || view.Busy is null || view.IsBusySick || !request.MayWait))
                {
                    // Another request may take the last slot, or the right to try, between the look and the step: then there is one account less to choose from.
                    if (await TryTakeAsync(request, view, best))
                    {
                        return new Selection(Lease(request, best, view.ChosenBy, clock.GetElapsedTime(began)), null);
                    }
                }
                else if (view.Busy is not { } busy)
                {
                    return new Selection(null, request.HasFoundQueuesFull ? Busy("so many requests wait for them that no more may") : Why(view));
                }
                else if (!request.MayWait)
                {
                    return new Selection(null, Busy("no slot became free in time"));
                }
                else if (await WaitAsync(request, view, busy, cancellationToken) && await TryReserveAsync(request, busy))
                {
                    return new Selection(Lease(request, busy, busy.Account.Id == request.BoundAccountId ? ChosenBy.Session : ChosenBy.Load, clock.GetElapsedTime(began)), null);
                }
            }
        }
        finally
        {
            request.LeaveQueue();
        }
    }

    /// <summary>Which account a request would get now: nothing is taken, and nobody is asked.</summary>
    /// <param name="failure">Why it would get none at once; null when there is one.</param>
    public (Candidate Candidate, ChosenBy ChosenBy)? Explain(SchedulingRequest request, out Failure? failure)
    {
        var view = Look(request);
        failure = view.Best is not null ? null : view.Busy is null ? Why(view) : Busy("a request would wait for a slot");
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
            : request.IsLimited && account.Limits.HasAny && request.LimitedUntil(account, clock.GetUtcNow()) is not null ? CandidateState.Limited
            : request.IsLimited && account.MaxConcurrency is { } most && (request.HasAskedEnough || request.Place?.Pool == account.Load.Slots || account.Load.Slots.IsFull(most, clock.GetUtcNow(), request.Place)) ? CandidateState.Busy
            : readiness == AccountReadiness.Ready ? CandidateState.Ready
            : readiness == AccountReadiness.Probe ? CandidateState.Probe
            : CandidateState.LastResort;
    }

    /// <summary>Takes the account's slot, where it has a limit, and the right to try after a pause. The account counts as loaded from here on, so that a burst does not go to one.</summary>
    private async ValueTask<bool> TryTakeAsync(SchedulingRequest request, View view, Candidate best)
    {
        var load = best.Account.Load;
        load.Enter();
        view.TakeTurn();
        var (isTaken, hasSlot) = (false, false);
        try
        {
            // Both ask Redis at the same time.
            var reserving = ReserveAsync(request, best);
            hasSlot = !IsLimited(request, best) || await slots.TryTakeAsync(load.Slots, request.Id, best.Account.MaxConcurrency!.Value);
            var hasRoom = await reserving;
            isTaken = hasSlot && hasRoom && (!view.MustProbe || cooldowns.TryProbe(best.Account.Id, best.ModelFamily));
            if (!hasSlot || !hasRoom)
            {
                request.NoteFull();
            }

            return isTaken;
        }
        finally
        {
            if (!isTaken)
            {
                GiveBack(request, best, hasSlot);
                load.Leave();
            }
        }
    }

    /// <summary>Waits in the queue of an account until there may be something new.</summary>
    /// <returns>Whether its slot is taken.</returns>
    private async ValueTask<bool> WaitAsync(SchedulingRequest request, View view, Candidate busy, CancellationToken cancellationToken)
    {
        var pool = busy.Account.Load.Slots;
        if (request.Place?.Pool != pool)
        {
            request.LeaveQueue();
            request.Place = slots.Queue(pool, request.Id, busy.Account.MaxConcurrency!.Value);
            WatchOthers(request);
        }

        var answer = request.Place is null ? SlotAnswer.QueueFull : await request.Place.AskAsync();
        switch (answer)
        {
            case SlotAnswer.Taken:
                busy.Account.Load.Enter();
                view.TakeTurnOfBusy();
                cooldowns.TryProbe(busy.Account.Id, busy.ModelFamily); // If its pause is over: the others wait for what comes of this one.
                return true;
            case SlotAnswer.QueueFull:
                request.LeaveQueue();
                request.NoteQueueFull(busy.Account.Id);
                return false;
            default:
                await request.Place!.WaitAsync(cancellationToken);
                request.NoteWait();
                return false;
        }
    }

    /// <summary>A slot of another account would do as well.</summary>
    private static void WatchOthers(SchedulingRequest request)
    {
        const int MostWatched = 64;
        var watched = 0;
        for (var i = 0; request.Place is { } place && i < request.Route.Candidates.Count && watched < MostWatched; i++)
        {
            var account = request.Route.Candidates[i].Account;
            if (account is { Enabled: true, MaxConcurrency: not null } && account.Load.Slots != place.Pool)
            {
                place.Watch(account.Load.Slots);
                watched++;
            }
        }
    }

    private void GiveBack(SchedulingRequest request, in Candidate candidate, bool hasSlot)
    {
        if (hasSlot && IsLimited(request, candidate))
        {
            slots.Release(candidate.Account.Load.Slots, request.Id);
        }

        request.TakeReservation()?.Drop();
    }

    /// <summary>Asks for room in the account's limits, where it has any.</summary>
    private static ValueTask<bool> ReserveAsync(SchedulingRequest request, in Candidate candidate)
    {
        return request.IsLimited && candidate.Account.Limits.HasAny && request.Reserve is { } reserve ? AskAsync(request, candidate, reserve) : ValueTask.FromResult(true);

        static async ValueTask<bool> AskAsync(SchedulingRequest request, Candidate candidate, Func<Candidate, ValueTask<AccountAllowance>> reserve)
        {
            var allowance = await reserve(candidate);
            request.Hold(allowance.Reservation);
            if (allowance.Until is { } until)
            {
                request.NoteLimited(candidate.Account.Id, until);
            }

            return allowance.Until is null;
        }
    }

    /// <summary>The same for an account whose slot the request has got after a wait.</summary>
    private async ValueTask<bool> TryReserveAsync(SchedulingRequest request, Candidate candidate)
    {
        var hasRoom = false;
        try
        {
            return hasRoom = await ReserveAsync(request, candidate);
        }
        finally
        {
            if (!hasRoom)
            {
                cooldowns.Release(candidate.Account.Id, candidate.ModelFamily); // If it was to try after a pause: another one may.
                GiveBack(request, candidate, hasSlot: true);
                candidate.Account.Load.Leave();
            }
        }
    }

    private static bool IsLimited(SchedulingRequest request, in Candidate candidate) => request.IsLimited && candidate.Account.MaxConcurrency is not null;

    /// <summary>For an account whose load has been entered.</summary>
    private AccountLease Lease(SchedulingRequest request, Candidate candidate, ChosenBy chosenBy, TimeSpan waited) =>
        new(candidate, clock.GetUtcNow(), request.Id, IsLimited(request, candidate) ? slots : null)
        {
            ChosenBy = chosenBy,
            Reservation = request.TakeReservation(),
            Waited = request.Place is null ? TimeSpan.Zero : waited,
            Binds = request.BoundAccountId is not { } bound || (bound != candidate.Account.Id && !ComesBack(request, bound)),
        };

    /// <summary>Whether the account that the session is bound to will soon serve it again.</summary>
    private bool ComesBack(SchedulingRequest request, long bound) =>
        request.Route.Find(bound) is { Account.Enabled: true } candidate
        && (cooldowns.Of(bound, candidate.ModelFamily, out var mark) != AccountReadiness.Ready
            ? mark is { Count: 1 } && mark.Until - clock.GetUtcNow() <= LongestAbsence
            : request.LimitedUntil(candidate.Account, clock.GetUtcNow()) is { } until && until - clock.GetUtcNow() <= LongestAbsence);

    private View Look(SchedulingRequest request)
    {
        request.BeginLook();
        var view = new View();
        for (var tier = 0; tier < request.Route.Tiers.Count && !view.HasReady; tier++)
        {
            LookInto(request.Route.Tiers[tier], tier, request, ref view); // Nobody behind a tier of which one can be had is preferred.
        }

        if (request.BoundAccountId is { } id && request.Route.Find(id) is { } bound)
        {
            PreferBound(request, bound, ref view);
        }

        return view;
    }

    private void LookInto(CandidateBlock[] blocks, int tier, SchedulingRequest request, ref View view)
    {
        for (var looked = 0; looked < blocks.Length && !view.HasReady; looked++)
        {
            // The block that has had the fewest turns for its weight; when none of it can be had, the next one.
            var (block, latest) = (blocks[0], blocks[0].Pass);
            foreach (var other in blocks)
            {
                block = other.Pass < block.Pass ? other : block;
                latest = Math.Max(latest, other.Pass);
            }

            LookInto(block, tier, request, isNoted: true, ref view);
            if (!view.HasReady && blocks.Length > 1)
            {
                block.SkipTurns(latest);
            }
        }

        // Others took turns meanwhile, and a block may have been left out: before it is said that there is none, all are looked into.
        for (var i = 0; i < blocks.Length && blocks.Length > 1 && !view.HasReady; i++)
        {
            LookInto(blocks[i], tier, request, isNoted: false, ref view);
        }
    }

    private void LookInto(CandidateBlock block, int tier, SchedulingRequest request, bool isNoted, ref View view)
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
                case CandidateState.Busy when request.MayQueueAt(candidate.Account.Id):
                    view.ConsiderBusy(candidate, block, tier, IsSick(candidate), request.Place);
                    break;
                case CandidateState.Away:
                    view.Leave(mark!);
                    break;
                case CandidateState.Limited:
                    view.LeaveUntil(request.LimitedUntil(candidate.Account, clock.GetUtcNow()) ?? clock.GetUtcNow());
                    break;
            }

            if (isNoted)
            {
                request.PassOver(new PassedOver(candidate.Account.Id, state, mark));
            }
        }
    }

    private bool IsSick(in Candidate candidate) => cooldowns.Of(candidate.Account.Id, candidate.ModelFamily, out _) == AccountReadiness.LastResort;

    /// <summary>A session stays with its account, wherever that stands in priority, but not for another model, and not when the account is in trouble or has far more to do than others.</summary>
    private void PreferBound(SchedulingRequest request, in Candidate bound, ref View view)
    {
        var state = StateOf(request, bound, out _);
        if (state == CandidateState.Busy)
        {
            var isSick = IsSick(bound);
            if (view.Busy is { } busy && bound.Order <= busy.Order && request.MayQueueAt(bound.Account.Id) && !request.IsGuess && (!isSick || view.IsBusySick))
            {
                view.PreferBusy(bound, isSick); // Should there be no free one.
            }
        }
        else if (state is CandidateState.Ready or CandidateState.Probe && view.Best is { } best && bound.Order <= best.Order
            && (bound.Account.Id == best.Account.Id || !IsOverloaded(bound.Account, best.Account, request.IsGuess ? GuessMargin : OverloadMargin)))
        {
            view.Prefer(bound, state);
        }
    }

    private static bool IsOverloaded(UpstreamAccount account, UpstreamAccount other, int margin) =>
        account.Load.InFlight >= other.Load.InFlight + margin
        && (long)account.Load.InFlight * other.Weight >= OverloadFactor * (long)Math.Max(1, other.Load.InFlight) * account.Weight;

    private static Failure Busy(string why) =>
        new(FailureKind.NoAccount, $"All accounts that serve this model are busy: {why}. Try again in a few seconds.", RetryAfter: BusyRetryAfter);

    private Failure Why(in View view)
    {
        if (view.Soonest is not { } until)
        {
            return new Failure(FailureKind.NoAccount, "No account that serves this model can be used at the moment.", RetryAfter: NoneRetryAfter);
        }

        var wait = until - clock.GetUtcNow();
        wait = wait < LeastRetryAfter ? LeastRetryAfter : wait;
        return view.AreAllLimited
            ? new Failure(FailureKind.RateLimit, $"All accounts that serve this model have reached a limit of their platform or of their operator. The first is expected back in {Math.Ceiling(wait.TotalSeconds):0} seconds.", RetryAfter: wait)
            : new Failure(FailureKind.NoAccount, $"No account that serves this model can be used at the moment: their platforms refuse or limit them. The first is tried again in {Math.Ceiling(wait.TotalSeconds):0} seconds.", RetryAfter: wait);
    }
}
