namespace Gateway.Proxy.Metering.Limits;

/// <summary>The limits of a key or an account.</summary>
internal sealed class LimitSet
{
    /// <summary>Of one that may use what it likes.</summary>
    public static readonly LimitSet None = new([]);

    public LimitSet(IReadOnlyList<LimitRule> rules)
    {
        Rules = rules;
        Signature = string.Join(' ', rules.Where(rule => !rule.IsFleeting).Select(rule => rule.Counter).Order(StringComparer.Ordinal));
    }

    /// <summary>The longest windows first; of rules that count alike the tightest. None: what it likes.</summary>
    public IReadOnlyList<LimitRule> Rules { get; }

    /// <summary>Names all counters that have to be known. Counters that were made for other rules may lack something.</summary>
    public string Signature { get; }
}
