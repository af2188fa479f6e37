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
/// <param name="Tried">Accounts that this request has tried already.</param>
internal sealed record SchedulingRequest(ApiKeyIdentity Key, ModelRoute Route, IReadOnlySet<long> Tried);

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
