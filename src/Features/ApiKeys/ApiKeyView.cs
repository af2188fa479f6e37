using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering;

namespace Gateway.Features.ApiKeys;

/// <summary>An API key, without its secret.</summary>
public record ApiKeyView
{
    /// <summary>Identifier used in other calls.</summary>
    public required long Id { get; init; }

    /// <summary>Label: unique among the keys of its user.</summary>
    public required string Name { get; init; }

    /// <summary>The user whom the key belongs to.</summary>
    public required long UserId { get; init; }

    /// <summary>Whether the key is accepted; a disabled or deleted user's keys are refused all the same.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Labels to filter by.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>From then on the key is refused, UTC; null: never.</summary>
    public required DateTime? ExpiresAt { get; init; }

    /// <summary>How the key pays: <c>quota</c> or <c>subscription</c>.</summary>
    public required BillingMode BillingMode { get; init; }

    /// <summary>Lifetime spending limit in US dollars; null: none.</summary>
    public required decimal? QuotaUsd { get; init; }

    /// <summary>Allowance per calendar period; null: none.</summary>
    public required Subscription? Subscription { get; init; }

    /// <summary>What is billed is the list cost times this.</summary>
    public required decimal RateMultiplier { get; init; }

    /// <summary>Models the key may ask for, exact names or beginnings with a trailing <c>*</c>; empty: all.</summary>
    public required IReadOnlyList<string> AllowedModels { get; init; }

    /// <summary>Platforms the key may reach; empty: all.</summary>
    public required IReadOnlyList<string> AllowedPlatforms { get; init; }

    /// <summary>Client addresses that may use the key, as CIDR ranges; empty: all.</summary>
    public required IReadOnlyList<string> AllowedIps { get; init; }

    /// <summary>Only accounts of this group serve the key; null: any.</summary>
    public required string? AccountGroup { get; init; }

    /// <summary>Requests in flight at once; null: no limit.</summary>
    public required int? MaxConcurrency { get; init; }

    /// <summary>Requests a minute; null: no limit.</summary>
    public required int? RequestsPerMinute { get; init; }

    /// <summary>Tokens a minute; null: no limit.</summary>
    public required long? TokensPerMinute { get; init; }

    /// <summary>Further limits; empty: none.</summary>
    public required IReadOnlyList<KeyLimit> Limits { get; init; }

    /// <summary>How answers are made.</summary>
    public required KeyOptions Options { get; init; }

    /// <summary>Billed since the key was created, in US dollars.</summary>
    public required decimal SpentUsd { get; init; }

    /// <summary>Billed in the present period of the subscription, in US dollars; null without one.</summary>
    public required decimal? PeriodSpentUsd { get; init; }

    /// <summary>When the present period of the subscription ends, UTC; null without one.</summary>
    public required DateTime? PeriodResetsAt { get; init; }

    /// <summary>When the latest request came, UTC; null: none yet.</summary>
    public required DateTime? LastUsedAt { get; init; }

    /// <summary>First and last characters of the secret.</summary>
    public required string KeyHint { get; init; }

    /// <summary>When the key was created, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When the key was last changed, UTC: send it as <c>If-Match</c>, in quotes, to change only what you have read.</summary>
    public required DateTime UpdatedAt { get; init; }

    internal static async Task<ApiKeyView> ReadAsync(ApiKey key, KeySpending spending, CancellationToken cancellationToken) =>
        Of(key, (await spending.ReadAsync([key], cancellationToken))[key.Id]);

    internal static ApiKeyView Of(ApiKey key, KeySpend spend) => new()
    {
        Id = key.Id,
        Name = key.Name,
        UserId = key.UserId,
        Enabled = key.Enabled,
        Tags = key.Tags,
        ExpiresAt = key.ExpiresAtUtc,
        BillingMode = key.BillingMode,
        QuotaUsd = Money.ToUsd(key.QuotaNanoUsd),
        Subscription = key.Subscription,
        RateMultiplier = Money.WithoutTrailingZeros(key.RateMultiplier),
        AllowedModels = key.AllowedModels,
        AllowedPlatforms = key.AllowedPlatforms,
        AllowedIps = key.AllowedIps,
        AccountGroup = key.AccountGroup,
        MaxConcurrency = key.MaxConcurrency,
        RequestsPerMinute = key.RequestsPerMinute,
        TokensPerMinute = key.TokensPerMinute,
        Limits = key.Limits,
        Options = key.Options,
        SpentUsd = Money.ToUsd(spend.SpentNanoUsd),
        PeriodSpentUsd = Money.ToUsd(spend.PeriodSpentNanoUsd),
        PeriodResetsAt = spend.PeriodResetsAtUtc,
        LastUsedAt = spend.LastUsedAtUtc,
        KeyHint = key.Hint,
        CreatedAt = key.CreatedAtUtc,
        UpdatedAt = key.UpdatedAtUtc,
    };
}
