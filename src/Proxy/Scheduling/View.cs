using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling.Concurrency;

namespace Gateway.Proxy.Scheduling;

/// <summary>What a look at the candidates has found so far.</summary>
internal struct View
{
    private CandidateBlock? _block;
    private double _pass;
    private CandidateBlock? _busyBlock;
    private int _busyTier;
    private bool _hasOtherReason;

    public View()
    {
    }

    /// <summary>The best that can be had; null: none.</summary>
    public Candidate? Best { get; private set; }

    /// <summary>Whether the best one is more than a last resort.</summary>
    public bool HasReady { get; private set; }

    public bool MustProbe { get; private set; }

    public ChosenBy ChosenBy { get; private set; }

    /// <summary>The best of those that could be had but for their slots; null: none.</summary>
    public Candidate? Busy { get; private set; }

    /// <summary>Whether the busy one is no more than a last resort.</summary>
    public bool IsBusySick { get; private set; }

    /// <summary>When the first account that is left alone comes back; null: none is.</summary>
    public DateTimeOffset? Soonest { get; private set; }

    public readonly bool AreAllLimited => !_hasOtherReason;

    public void Leave(CooldownMark reason)
    {
        Soonest = Soonest is { } known && known < reason.Until ? known : reason.Until;
        _hasOtherReason |= reason.Kind is not (FailureKind.RateLimit or FailureKind.QuotaAccount);
    }

    /// <summary>An account has no room for the request before then.</summary>
    public void LeaveUntil(DateTimeOffset until) => Soonest = Soonest is { } known && known < until ? known : until;

    /// <param name="tier">Place of its tier: those of an earlier one are preferred.</param>
    /// <param name="place">Where the request waits already: it stays there as long as no better tier can be waited for.</param>
    public void ConsiderBusy(in Candidate candidate, CandidateBlock block, int tier, bool isSick, SlotPlace? place)
    {
        if (Busy is { } known && (isSick != IsBusySick ? isSick : tier != _busyTier || !IsShorter(candidate.Account, known.Account, place?.Pool)))
        {
            return;
        }

        (Busy, _busyBlock, _busyTier, IsBusySick) = (candidate, block, tier, isSick);
    }

    public void Consider(in Candidate candidate, CandidateBlock block, CandidateState state)
    {
        var isReady = state != CandidateState.LastResort;

        var pass = PassOf(candidate.Account, block);
        if (Best is { } best && (isReady == HasReady ? _block != block || !IsBetter(candidate.Account, pass, best.Account, block) : HasReady))
        {
            return; // Blocks are looked at in their order: an earlier one is preferred.
        }

        (Best, _block, _pass, HasReady) = (candidate, block, pass, isReady);
        MustProbe = state == CandidateState.Probe;
        ChosenBy = isReady ? ChosenBy.Load : ChosenBy.LastResort;
    }

    public void Prefer(in Candidate bound, CandidateState state)
    {
        _block = null; // Not its turn: it is asked because of its session.
        (Best, MustProbe, ChosenBy) = (bound, state == CandidateState.Probe, ChosenBy.Session);
    }

    /// <summary>Waits for the account of the session rather than for another one.</summary>
    public void PreferBusy(in Candidate bound, bool isSick)
    {
        _busyBlock = null;
        (Busy, IsBusySick) = (bound, isSick);
    }

    /// <summary>Notes that the best one has its turn.</summary>
    public readonly void TakeTurn()
    {
        if (_block is not null && Best is { } best)
        {
            TakeTurn(best.Account, _block, _pass);
        }
    }

    /// <summary>Notes that the busy one has its turn.</summary>
    public readonly void TakeTurnOfBusy()
    {
        if (_busyBlock is not null && Busy is { } busy)
        {
            TakeTurn(busy.Account, _busyBlock, PassOf(busy.Account, _busyBlock));
        }
    }

    /// <summary>Who was away, or is new, does not make up for it; who has served other models meanwhile, and so is far ahead, does not wait for it.</summary>
    private static double PassOf(UpstreamAccount account, CandidateBlock block)
    {
        var pass = account.Load.Pass;
        if (pass > block.Leader + 1)
        {
            account.Load.Pass = block.Leader + 1; // Else it would stay ahead however far the others come.
        }

        return Math.Clamp(pass, block.Leader - 1, block.Leader + 1);
    }

    private static void TakeTurn(UpstreamAccount account, CandidateBlock block, double pass)
    {
        pass += 1.0 / Math.Max(1, account.Weight);
        account.Load.Pass = pass;
        block.Leader = Math.Max(block.Leader, pass);
        block.Pass += 1 / block.Weight;
    }

    /// <summary>Loads are whole rounds, in each of which every account has as many requests as its weight says: inside a round turns decide. By exact shares light accounts would get too much as long as few requests are under way.</summary>
    private readonly bool IsBetter(UpstreamAccount one, double pass, UpstreamAccount other, CandidateBlock block)
    {
        var round = RoundOf(one, block);
        var otherRound = RoundOf(other, block);
        return round != otherRound ? round < otherRound : pass < _pass;
    }

    private static long RoundOf(UpstreamAccount account, CandidateBlock block) => (long)account.Load.InFlight * block.LeastWeight / Math.Max(1, account.Weight);

    /// <summary>Whether the wait for an account is likely to be the shorter one: by all that stand before, for its weight. Whoever waits somewhere stays there.</summary>
    private static bool IsShorter(UpstreamAccount one, UpstreamAccount other, SlotPool? pool) =>
        one.Load.Slots == pool || (other.Load.Slots != pool && Before(one) * other.Weight < Before(other) * one.Weight);

    private static long Before(UpstreamAccount account) => account.Load.InFlight + account.Load.Slots.Waiting;
}
