namespace Gateway.Infrastructure.Persistence.Entities;

/// <summary>What the keys get that a user creates for themselves. Set by an administrator; stored as JSON.</summary>
/// <param name="MaxKeys">How many keys the user may have; 0: may not create any.</param>
/// <param name="BillingMode"><c>quota</c>, the default: the keys pay from a lifetime amount. <c>subscription</c>: from an allowance per period.</param>
/// <param name="QuotaUsd">Lifetime spending limit of each key in US dollars; null: none.</param>
/// <param name="Subscription">Allowance per calendar period of each key; null: none. Required while <c>billing_mode</c> is <c>subscription</c>.</param>
/// <param name="RateMultiplier">Factor on list cost, 0 to 100.</param>
/// <param name="AccountGroup">Only accounts of this group serve the keys; null: any.</param>
/// <param name="AllowedPlatforms">Platforms the keys may reach; empty: all.</param>
/// <param name="MaxConcurrency">Requests in flight at once for each key, at least 1; null: no limit.</param>
/// <param name="RequestsPerMinute">Requests a minute for each key, at least 1; null: no limit.</param>
/// <param name="TokensPerMinute">Tokens a minute for each key, at least 1; null: no limit.</param>
public sealed record KeyDefaults(
    int MaxKeys = 0,
    BillingMode BillingMode = BillingMode.Quota,
    decimal? QuotaUsd = null,
    Subscription? Subscription = null,
    decimal RateMultiplier = 1,
    string? AccountGroup = null,
    IReadOnlyList<string>? AllowedPlatforms = null,
    int? MaxConcurrency = null,
    int? RequestsPerMinute = null,
    long? TokensPerMinute = null);
