using Gateway.Proxy.Metering.Pricing;

namespace Gateway.Proxy.Scheduling;

/// <summary>An account that may serve the request, and the name of the model there.</summary>
/// <param name="Order">Place of the model in an alias' list: all of a lower place are tried first.</param>
internal readonly record struct Candidate(UpstreamAccount Account, string UpstreamModel, int Order)
{
    /// <summary>What failures of the model there are kept by.</summary>
    public string ModelFamily { get; } = ModelFamilies.Of(UpstreamModel);
}

/// <summary>Who may serve a request: the same for all requests of equal rights, so made once and shared. Immutable but for how its blocks take turns.</summary>
internal sealed class ModelRoute
{
    /// <summary>How many candidates are looked at before one is taken, if one of them can be had.</summary>
    /// <remarks>The least loaded of 64 is as good as that of all, and 10,000 accounts cost no more than 64: see the benchmark <c>scheduling</c>.</remarks>
    public const int MostInBlock = 64;

    // Below this a search through the list is faster than through a dictionary.
    private const int LeastIndexed = 16;

    private readonly Dictionary<long, int>? _index;
    private PricedModel[]? _pricedModels;

    /// <param name="model">As requested, without a platform prefix.</param>
    public ModelRoute(string model, IEnumerable<Candidate> candidates)
    {
        Model = model;
        Candidates = [.. candidates.OrderBy(candidate => candidate.Order).ThenBy(candidate => candidate.Account.Priority)];
        Tiers = [.. Candidates.Where(candidate => candidate.Account.Enabled)
            .GroupBy(candidate => (candidate.Order, candidate.Account.Priority))
            .Select(tier => tier.Chunk(MostInBlock).Select(block => new CandidateBlock(block)).ToArray())];
        if (Candidates.Count >= LeastIndexed)
        {
            _index = [];
            for (var i = 0; i < Candidates.Count; i++)
            {
                _index.TryAdd(Candidates[i].Account.Id, i); // An alias may lead to an account twice: the model that comes first counts.
            }
        }
    }

    public string Model { get; }

    /// <summary>In the order in which they are preferred, those that are switched off too.</summary>
    public IReadOnlyList<Candidate> Candidates { get; }

    /// <summary>Those that are switched on: of equal order and priority together, the preferred first, each in blocks of a bounded size.</summary>
    public IReadOnlyList<CandidateBlock[]> Tiers { get; }

    /// <summary>What its candidates are priced by, each once.</summary>
    public IReadOnlyList<PricedModel> PricedModels => _pricedModels ??= [.. Candidates
        .Where(candidate => candidate.Account.Enabled)
        .Select(candidate => new PricedModel(candidate.Account.Platform, candidate.UpstreamModel, Model, candidate.Account.Region)).Distinct()];

    /// <summary>The first candidate of an account; null: it has none here.</summary>
    public Candidate? Find(long accountId)
    {
        if (_index is not null)
        {
            return _index.TryGetValue(accountId, out var at) ? Candidates[at] : null;
        }

        foreach (var candidate in Candidates)
        {
            if (candidate.Account.Id == accountId)
            {
                return candidate;
            }
        }

        return null;
    }
}

/// <summary>Some candidates of equal order and priority, which are compared with each other.</summary>
internal sealed class CandidateBlock(Candidate[] members)
{
    private const double TurnsSkipped = 4;

    private double _pass;
    private double _leader = members.Max(candidate => candidate.Account.Load.Pass);

    public ReadOnlySpan<Candidate> Members => members;

    /// <summary>The sum of its members' weights.</summary>
    public double Weight { get; } = Math.Max(1, members.Sum(candidate => (double)candidate.Account.Weight));

    /// <summary>The least of its members' weights.</summary>
    public int LeastWeight { get; } = Math.Max(1, members.Min(candidate => candidate.Account.Weight));

    /// <summary>How far it has come in taking turns with the other blocks.</summary>
    public double Pass { get => Volatile.Read(ref _pass); set => Volatile.Write(ref _pass, value); }

    /// <summary>None of it can be had: it is looked into less often for a while.</summary>
    /// <param name="latest">How far the first of the blocks has come.</param>
    public void SkipTurns(double latest) => Pass = latest + (TurnsSkipped / Weight);

    /// <summary>How far the first of its members has come.</summary>
    public double Leader { get => Volatile.Read(ref _leader); set => Volatile.Write(ref _leader, value); }
}
