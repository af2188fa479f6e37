using System.Reflection;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Infrastructure.Json;
using Gateway.Infrastructure.Persistence.Entities;

namespace Gateway.Features.ApiKeys;

/// <summary>What can be written of an API key. A caller who is no administrator may send <c>name</c>, <c>enabled</c>, <c>expires_at</c>, <c>allowed_models</c> and <c>allowed_ips</c> only.</summary>
public abstract record ApiKeyFields : IHaveAdminFields
{
    private static readonly string[] UserFields = [nameof(Name), nameof(Enabled), nameof(ExpiresAt), nameof(AllowedModels), nameof(AllowedIps)];

    // By exclusion: a field that is added later is an administrator's until somebody decides otherwise.
    private static readonly PropertyInfo[] AdminFields =
        [.. typeof(ApiKeyFields).GetProperties().Where(property => property.PropertyType.IsAssignableTo(typeof(IOptional)) && !UserFields.Contains(property.Name))];

    /// <summary>Label shown in the console: 1 to 100 characters without control characters, unique among the keys of its user. Required for a new key.</summary>
    public Optional<string> Name { get; init; }

    /// <summary>Owner of the key; default: the caller. A key stays with the user it was created for. Administrators only.</summary>
    public Optional<long> UserId { get; init; }

    /// <summary>Whether the key is accepted; default: true.</summary>
    public Optional<bool> Enabled { get; init; }

    /// <summary>Labels to filter by: at most 20 of at most 50 characters; default: none. Administrators only.</summary>
    public Optional<IReadOnlyList<string>> Tags { get; init; }

    /// <summary>From then on the key is refused, RFC 3339; null, the default: never. A new key's must lie in the future.</summary>
    public Optional<DateTime?> ExpiresAt { get; init; }

    /// <summary><c>quota</c>, the default: pays from a lifetime amount. <c>subscription</c>: pays from an allowance per period. Administrators only.</summary>
    public Optional<BillingMode> BillingMode { get; init; }

    /// <summary>Lifetime spending limit in US dollars, 0 to 9000000 with at most 9 decimals, which caps subscriptions too; null, the default: none; 0 blocks. Administrators only.</summary>
    public Optional<decimal?> QuotaUsd { get; init; }

    /// <summary>Allowance per calendar period; required while <c>billing_mode</c> is <c>subscription</c>; null, the default: none. Administrators only.</summary>
    public Optional<Subscription?> Subscription { get; init; }

    /// <summary>What is billed is the list cost times this: 0 to 100 with at most 4 decimals, default 1. Administrators only.</summary>
    public Optional<decimal> RateMultiplier { get; init; }

    /// <summary>Models the key may ask for: at most 200 exact names, or beginnings with a trailing <c>*</c>; upper and lower case differ; [], the default: all.</summary>
    public Optional<IReadOnlyList<string>> AllowedModels { get; init; }

    /// <summary>Platforms the key may reach; [], the default: all. Administrators only.</summary>
    public Optional<IReadOnlyList<string>> AllowedPlatforms { get; init; }

    /// <summary>Client addresses that may use the key: at most 200 CIDR ranges or single addresses; [], the default: all.</summary>
    public Optional<IReadOnlyList<string>> AllowedIps { get; init; }

    /// <summary>Only accounts of this group serve the key; null, the default: any. Administrators only.</summary>
    public Optional<string?> AccountGroup { get; init; }

    /// <summary>Requests in flight at once, at least 1; null, the default: no limit. Administrators only.</summary>
    public Optional<int?> MaxConcurrency { get; init; }

    /// <summary>Requests a minute, at least 1; null, the default: no limit. Administrators only.</summary>
    public Optional<int?> RequestsPerMinute { get; init; }

    /// <summary>Tokens a minute (uncached input, cache writes and output), at least 1; null, the default: no limit. Administrators only.</summary>
    public Optional<long?> TokensPerMinute { get; init; }

    /// <summary>Further limits, at most 20; [], the default: none. Administrators only.</summary>
    public Optional<IReadOnlyList<KeyLimit>> Limits { get; init; }

    /// <summary>How answers are made; an absent member of it has its default. Administrators only.</summary>
    public Optional<KeyOptions> Options { get; init; }

    IEnumerable<string> IHaveAdminFields.SentAdminFields => AdminFields
        .Where(property => ((IOptional)property.GetValue(this)!).IsSet)
        .Select(property => SnakeCase.Policy.ConvertName(property.Name));

    /// <summary>Writes what was sent into a key; its owner is not among it.</summary>
    /// <returns>Why the key would make no sense; null: it does.</returns>
    internal GatewayError? ApplyTo(ApiKey key)
    {
        key.Name = key.LiveName = Name.Or(key.Name);
        key.Enabled = Enabled.Or(key.Enabled);
        key.Tags = Tags.Or(key.Tags);
        key.ExpiresAtUtc = ExpiresAt.Or(key.ExpiresAtUtc)?.CutToMicroseconds();
        key.BillingMode = BillingMode.Or(key.BillingMode);
        key.QuotaNanoUsd = QuotaUsd.IsSet ? Money.ToNanoUsd(QuotaUsd.Value) : key.QuotaNanoUsd;
        key.Subscription = Subscription.Or(key.Subscription);
        key.RateMultiplier = RateMultiplier.Or(key.RateMultiplier);
        key.AllowedModels = AllowedModels.Or(key.AllowedModels);
        key.AllowedPlatforms = AllowedPlatforms.Or(key.AllowedPlatforms);
        key.AllowedIps = AllowedIps.IsSet ? [.. AllowedIps.Value.Select(IpRange.Normalize)] : key.AllowedIps;
        key.AccountGroup = AccountGroup.Or(key.AccountGroup);
        key.MaxConcurrency = MaxConcurrency.Or(key.MaxConcurrency);
        key.RequestsPerMinute = RequestsPerMinute.Or(key.RequestsPerMinute);
        key.TokensPerMinute = TokensPerMinute.Or(key.TokensPerMinute);
        key.Limits = Limits.Or(key.Limits);
        key.Options = Options.Or(key.Options);
        return key is { BillingMode: Infrastructure.Persistence.Entities.BillingMode.Subscription, Subscription: null }
            ? GatewayError.Invalid("subscription", "Required while billing_mode is subscription.")
            : null;
    }
}
