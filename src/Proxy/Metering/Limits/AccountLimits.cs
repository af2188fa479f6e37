using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Proxy.Metering.Limits;

/// <summary>What an operator lets an account be used for, and since when it is known to have reached that. Thread-safe.</summary>
internal sealed class AccountLimits(LimitOwner owner)
{
    private long _reachedUntilTicks;

    public LimitOwner Owner => owner;

    public bool HasAny => owner.Limits.Rules.Count > 0;

    /// <summary>When the window ends that nothing more fits into; in the past: there is none.</summary>
    public DateTimeOffset ReachedUntil => new(Interlocked.Read(ref _reachedUntilTicks), TimeSpan.Zero);

    public static AccountLimits Of(Account account)
    {
        var rules = new List<LimitRule>(3);
        if (account.DailyBudgetNanoUsd is > 0 and var budget)
        {
            rules.Add(new LimitRule(LimitMeasure.Cost, LimitPeriod.Day, budget));
        }

        if (account.RequestsPerMinute is > 0 and var requests)
        {
            rules.Add(new LimitRule(LimitMeasure.Requests, LimitPeriod.Minute, requests));
        }

        if (account.TokensPerMinute is > 0 and var tokens)
        {
            rules.Add(new LimitRule(LimitMeasure.Tokens, LimitPeriod.Minute, tokens));
        }

        return new AccountLimits(LimitOwner.OfAccount(account.Id, rules.Count == 0 ? LimitSet.None : new LimitSet(rules)));
    }

    /// <summary>No request needs to ask before then. Forgotten when the account is changed.</summary>
    public void NoteReached(DateTimeOffset until) => Interlocked.Exchange(ref _reachedUntilTicks, until.UtcTicks);
}
