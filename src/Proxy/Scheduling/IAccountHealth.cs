namespace Gateway.Proxy.Scheduling;

/// <summary>What the scheduler knows about accounts at this moment, beyond their rows in the database.</summary>
internal interface IAccountHealth
{
    /// <summary>The state of those of the accounts that have one; the others are <see cref="AccountHealth.Idle"/>.</summary>
    Task<IReadOnlyDictionary<long, AccountHealth>> ReadAsync(IReadOnlyCollection<long> accountIds, CancellationToken cancellationToken);

    /// <summary>Forgets cooldowns and failures of an account, on every instance.</summary>
    Task RecoverAsync(long accountId, CancellationToken cancellationToken);
}

/// <summary>One account's live state.</summary>
/// <param name="Pause">Why the whole account is left alone now; null: it is not.</param>
/// <param name="Cooldowns">Everything that keeps requests away from it now, of single model families too.</param>
/// <param name="InFlight">Requests that it is serving.</param>
internal sealed record AccountHealth(AccountPause? Pause, IReadOnlyList<Cooldown> Cooldowns, int InFlight)
{
    public static readonly AccountHealth Idle = new(null, [], 0);
}

/// <summary>Why and until when a whole account is left alone.</summary>
/// <param name="IsRateLimit">True: its platform limits it; false: it failed too often.</param>
/// <param name="Reason">In words.</param>
/// <param name="UntilUtc">When it is tried again.</param>
internal sealed record AccountPause(bool IsRateLimit, string Reason, DateTime UntilUtc);

/// <summary>Why and until when an account, or one model family of it, is left alone.</summary>
/// <param name="ModelFamily">Null: the whole account.</param>
/// <param name="Reason">Name of the reason.</param>
/// <param name="Evidence">What the platform said.</param>
/// <param name="Until">When it is tried again, UTC.</param>
public sealed record Cooldown(string? ModelFamily, string Reason, string? Evidence, DateTime Until);
