using Gateway.Proxy.Neutral;
using Gateway.Proxy.Scheduling.Concurrency;

namespace Gateway.Proxy.Scheduling;

/// <summary>What a look at the candidates has found so far.</summary>
internal struct View
{
    private CandidateBlock? _block;
    private double _pass;
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

    /// <summary>When the first account that is left alone comes back; null: none is.</summary>
    public DateTimeOffset? Soonest { get; private set; }

    public readonly bool AreAllLimited => !_hasOtherReason;

    public void Leave(CooldownMark reason)
    {
        Soonest = Soonest is { } known && known < reason.Until ? known : reason.Until;
        _hasOtherReason |= reason.Kind is not (FailureKind.RateLimit or FailureKind.QuotaAccount);
    }

    /// <param name="queue">Where the request waits already: it stays there as long as the account could be had.</param>
    public void ConsiderBusy(in Candidate candidate, SlotPool? queue)
    {
        if (Busy is not { } known || candidate.Account.Load.Slots == queue
            || (known.Account.Load.Slots != queue && IsLessLoaded(candidate.Account, known.Account)))
        {
            Busy = candidate;
        }
    }

    public void Consider(in Candidate candidate, CandidateBlock block, CandidateState state)
    {
        var isReady = state != CandidateState.LastResort;

        // Who was away, or is new, does not make up for it.
        var pass = Math.Max(candidate.Account.Load.Pass, block.Leader - 1);
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

    /// <summary>Notes that the best one has had its turn.</summary>
    public readonly void TakeTurn()
    {
        if (_block is not null && Best is { } best)
        {
            var pass = _pass + (1.0 / Math.Max(1, best.Account.Weight));
            best.Account.Load.Pass = pass;
            _block.Leader = Math.Max(_block.Leader, pass);
            _block.Pass += 1 / _block.Weight;
        }
    }

    /// <summary>Loads are whole rounds, in each of which every account has as many requests as its weight says: inside a round turns decide. By exact shares light accounts would get too much as long as few requests are under way.</summary>
    private readonly bool IsBetter(UpstreamAccount one, double pass, UpstreamAccount other, CandidateBlock block)
    {
        var round = RoundOf(one, block);
        var otherRound = RoundOf(other, block);
        return round != otherRound ? round < otherRound : pass < _pass;
    }

    private static long RoundOf(UpstreamAccount account, CandidateBlock block) => (long)account.Load.InFlight * block.LeastWeight / Math.Max(1, account.Weight);

    private static bool IsLessLoaded(UpstreamAccount one, UpstreamAccount other) => LoadOf(one, other) < LoadOf(other, one);

    /// <summary>Load per weight, without division.</summary>
    private static long LoadOf(UpstreamAccount one, UpstreamAccount other) => (long)one.Load.InFlight * other.Weight;
}
