using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Scheduling;

/// <summary>What one request has tried. Not thread-safe.</summary>
internal sealed class TriedAccounts
{
    private readonly List<(long AccountId, string? UpstreamModel)> _tried = [];
    private (long AccountId, string? UpstreamModel) _last;

    /// <summary>Attempts so far.</summary>
    public int Count { get; private set; }

    /// <summary>An alias may have another model for the same account, unless the account itself failed.</summary>
    public void Add(AccountLease lease, Failure? failure)
    {
        Count++;
        _last = (lease.Account.Id, failure is not null && CooldownPolicy.IsWholeAccount(failure) ? null : lease.UpstreamModel);
        _tried.Add(_last);
    }

    /// <summary>Passes an account over, which is no attempt.</summary>
    public void Pass(AccountLease lease) => _tried.Add((lease.Account.Id, null));

    /// <summary>Lets the one that failed last be tried once more.</summary>
    public void AllowLast() => _tried.RemoveAt(_tried.LastIndexOf(_last));

    public bool Contains(in Candidate candidate)
    {
        foreach (var (accountId, upstreamModel) in _tried)
        {
            if (accountId == candidate.Account.Id && (upstreamModel is null || upstreamModel == candidate.UpstreamModel))
            {
                return true;
            }
        }

        return false;
    }
}
