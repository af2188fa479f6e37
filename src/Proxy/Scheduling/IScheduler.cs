using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Scheduling;

/// <summary>Chooses the account for the next attempt of a request.</summary>
internal interface IScheduler
{
    /// <returns>A lease to dispose when the attempt has ended, or why no account can be had.</returns>
    ValueTask<Selection> SelectAsync(SchedulingRequest request, CancellationToken cancellationToken);
}

/// <summary>What a choice goes by.</summary>
/// <param name="Tried">What this request has tried already.</param>
internal sealed record SchedulingRequest(ApiKeyIdentity Key, ModelRoute Route, TriedAccounts Tried);

/// <summary>What one request has tried. Not thread-safe.</summary>
internal sealed class TriedAccounts
{
    private readonly List<(long AccountId, string? UpstreamModel)> _tried = [];

    /// <summary>Attempts so far.</summary>
    public int Count { get; private set; }

    /// <summary>An alias may have another model for the same account, unless the account itself failed.</summary>
    public void Add(AccountLease lease, Failure? failure)
    {
        Count++;
        _tried.Add((lease.Account.Id, failure is not null && CooldownPolicy.IsWholeAccount(failure) ? null : lease.UpstreamModel));
    }

    /// <summary>Lets the last one be tried once more.</summary>
    public void AllowLast() => _tried.RemoveAt(_tried.Count - 1);

    public bool Contains(Candidate candidate)
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

/// <summary>An account for one attempt, or the reason why there is none.</summary>
internal readonly record struct Selection(AccountLease? Lease, Failure? Failure);

/// <summary>The right to use an account for one attempt. Disposing it twice frees once.</summary>
/// <param name="family">What failures of the model there are kept by.</param>
/// <param name="takenAt">When the attempt began.</param>
internal sealed class AccountLease(Candidate candidate, string family, DateTimeOffset takenAt) : IDisposable
{
    private int _freed;

    public UpstreamAccount Account => candidate.Account;

    public string UpstreamModel => candidate.UpstreamModel;

    public string ModelFamily => family;

    public DateTimeOffset TakenAt => takenAt;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _freed, 1) == 0)
        {
            candidate.Account.Load.Leave();
        }
    }
}
