using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Infrastructure.Auth.ApiKeys;

/// <summary>What a key may use, as its operator wrote it.</summary>
/// <param name="QuotaNanoUsd">For its whole life; null: no limit.</param>
internal sealed record KeyTerms(
    BillingMode BillingMode, long? QuotaNanoUsd, Subscription? Subscription, int? RequestsPerMinute, long? TokensPerMinute, IReadOnlyList<KeyLimit> Limits)
{
    public static KeyTerms Of(ApiKey key) => new(key.BillingMode, key.QuotaNanoUsd, key.Subscription, key.RequestsPerMinute, key.TokensPerMinute, key.Limits);
}
