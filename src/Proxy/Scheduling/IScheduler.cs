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

    public int Count => _tried.Count;

    /// <summary>An alias may have another model for the same account, unless the account itself failed.</summary>
    public void Add(AccountLease lease, Failure? failure) =>
        _tried.Add((lease.Account.Id, failure is { Kind: FailureKind.AuthAccount or FailureKind.QuotaAccount or FailureKind.Unreachable } ? null : lease.UpstreamModel));

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
internal sealed class AccountLease(Candidate candidate) : IDisposable
{
    private int _freed;

    public UpstreamAccount Account => candidate.Account;

    public string UpstreamModel => candidate.UpstreamModel;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _freed, 1) == 0)
        {
            candidate.Account.Load.Leave();
        }
    }
}
