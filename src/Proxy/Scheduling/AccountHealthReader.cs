using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Scheduling;

/// <summary>What keeps requests away from accounts, and how many requests each is serving, on all instances.</summary>
internal sealed class AccountHealthReader(LoadSharing loads, Cooldowns cooldowns, CooldownSharing sharing, TimeProvider clock) : IAccountHealth
{
    public async Task<IReadOnlyDictionary<long, AccountHealth>> ReadAsync(IReadOnlyCollection<long> accountIds, CancellationToken cancellationToken)
    {
        var inFlight = await loads.ReadAsync();
        var now = clock.GetUtcNow();
        var marks = cooldowns.All.Where(mark => mark.IsPause && mark.Until > now).ToLookup(mark => mark.AccountId);
        return accountIds.ToDictionary(id => id, id => Health([.. marks[id]], inFlight.GetValueOrDefault(id)));
    }

    public Task RecoverAsync(long accountId, CancellationToken cancellationToken)
    {
        cooldowns.Recover(accountId);
        return sharing.FlushAsync(cancellationToken);
    }

    private static AccountHealth Health(List<CooldownMark> marks, int inFlight)
    {
        var whole = marks.Find(mark => mark.ModelFamily.Length == 0);
        return new AccountHealth(
            whole is null ? null : new AccountPause(whole.Kind is FailureKind.RateLimit or FailureKind.QuotaAccount, whole.Kind.Name(), whole.Until.UtcDateTime),
            [.. marks.OrderBy(mark => mark.ModelFamily, StringComparer.Ordinal).Select(mark => new Cooldown(mark.ModelFamily.Length > 0 ? mark.ModelFamily : null, mark.Kind.Name(), mark.Evidence, mark.Until.UtcDateTime))],
            inFlight);
    }
}
