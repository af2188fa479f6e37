namespace Gateway.Proxy.Scheduling;

/// <summary>What this instance knows: how many requests each account is serving here.</summary>
internal sealed class LocalAccountHealth(AccountDirectory accounts) : IAccountHealth
{
    public Task<IReadOnlyDictionary<long, AccountHealth>> ReadAsync(IReadOnlyCollection<long> accountIds, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<long, AccountHealth>>(
            accountIds.ToDictionary(id => id, id => new AccountHealth(null, [], accounts.InFlight(id))));

    public Task RecoverAsync(long accountId, CancellationToken cancellationToken) => Task.CompletedTask;
}
