using Gateway.Proxy.Neutral;

namespace Gateway.Proxy.Scheduling;

/// <summary>Why, with what evidence and until when an account, or one model family of it, is left alone. Immutable.</summary>
/// <param name="ModelFamily">Empty: the whole account.</param>
/// <param name="Evidence">What the platform said, without secrets; null: nothing.</param>
/// <param name="Since">When it was set: what began before proves nothing against it.</param>
/// <param name="Until">When one request may try again. The same as <paramref name="Since"/>: it only counts.</param>
/// <param name="Count">How many in a row: pauses grow with it.</param>
internal sealed record CooldownMark(long AccountId, string ModelFamily, FailureKind Kind, string? Evidence, DateTimeOffset Since, DateTimeOffset Until, int Count)
{
    /// <summary>When the attempt began that failed: an operator who recovers the account later has overruled it.</summary>
    public DateTimeOffset BeganAt { get; init; } = Since;

    /// <summary>Trouble of the platform's that may be over at any moment: where every account has it, one is tried all the same.</summary>
    public bool IsSoft => Kind is not (FailureKind.AuthAccount or FailureKind.QuotaAccount or FailureKind.RateLimit);

    public bool IsPause => Until > Since;

    /// <summary>Anybody may ask for models that do not exist: that is nobody else's business, and must not crowd out what is.</summary>
    public bool IsOfANameOnly => Kind == FailureKind.ModelNotFound;
}
