namespace Gateway.Infrastructure.Persistence.Entities;

/// <summary>What a client program presents instead of a platform's own key.</summary>
internal sealed class ApiKey
{
    public const int NameMaxLength = 100;
    public const int TagMaxLength = 50;
    public const int GroupMaxLength = Account.GroupMaxLength;

    public long Id { get; set; }

    public long UserId { get; set; }

    public required string Name { get; set; }

    /// <summary>The name while the key exists, null once deleted: unique per user.</summary>
    public string? LiveName { get; set; }

    /// <summary>HMAC-SHA256 of the secret: the secret itself is stored nowhere.</summary>
    public required byte[] SecretHash { get; set; }

    /// <summary>The hash before the last rotation, accepted until <see cref="PreviousSecretEndsAtUtc"/>.</summary>
    public byte[]? PreviousSecretHash { get; set; }

    public DateTime? PreviousSecretEndsAtUtc { get; set; }

    /// <summary>First and last characters, to tell keys apart.</summary>
    public required string Hint { get; set; }

    public bool Enabled { get; set; } = true;

    public IReadOnlyList<string> Tags { get; set; } = [];

    public DateTime? ExpiresAtUtc { get; set; }

    public BillingMode BillingMode { get; set; } = BillingMode.Quota;

    /// <summary>Lifetime limit; null: none; 0 blocks.</summary>
    public long? QuotaNanoUsd { get; set; }

    public Subscription? Subscription { get; set; }

    /// <summary>Billed is cost times this, with 4 decimals.</summary>
    public decimal RateMultiplier { get; set; } = 1;

    public IReadOnlyList<string> AllowedModels { get; set; } = [];

    public IReadOnlyList<string> AllowedPlatforms { get; set; } = [];

    /// <summary>CIDR ranges; empty: every address.</summary>
    public IReadOnlyList<string> AllowedIps { get; set; } = [];

    public string? AccountGroup { get; set; }

    public int? MaxConcurrency { get; set; }

    public int? RequestsPerMinute { get; set; }

    public long? TokensPerMinute { get; set; }

    public IReadOnlyList<KeyLimit> Limits { get; set; } = [];

    public KeyOptions Options { get; set; } = new();

    /// <summary>Billed by everything that is in the database: raised inside the sync transaction only.</summary>
    public long SpentNanoUsd { get; set; }

    public DateTime? LastUsedAtUtc { get; set; }

    public DateTime CreatedAtUtc { get; set; }

    public DateTime UpdatedAtUtc { get; set; }

    public DateTime? DeletedAtUtc { get; set; }
}
