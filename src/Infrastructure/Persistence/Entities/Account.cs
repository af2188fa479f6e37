using Gateway.Infrastructure.Validation;

namespace Gateway.Infrastructure.Persistence.Entities;

/// <summary>One set of credentials at a platform.</summary>
internal sealed class Account
{
    public const int NameMaxLength = 100;
    public const int UrlMaxLength = 500;
    public const int GroupMaxLength = 64;
    public const int ModelMaxLength = TextRules.ModelMaxLength;

    public long Id { get; set; }

    public required string Name { get; set; }

    /// <summary>The name while the account exists, null once deleted: its unique index frees the name.</summary>
    public string? LiveName { get; set; }

    public Platform Platform { get; set; }

    /// <summary>Null: the platform's own address.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>Envelope of authenticated encryption, bound to this row: see Secrets/SecretBox.</summary>
    public string CredentialsEncrypted { get; set; } = "";

    /// <summary>Raised with every change of the credentials, so that two refreshers never overwrite each other.</summary>
    public int CredentialVersion { get; set; } = 1;

    /// <summary>The masked form that may be shown.</summary>
    public string CredentialsHint { get; set; } = "";

    /// <summary>When the access token of an OAuth account ends.</summary>
    public DateTime? TokenExpiresAtUtc { get; set; }

    /// <summary>Lower first.</summary>
    public int Priority { get; set; } = 50;

    public int Weight { get; set; } = 1;

    public int? MaxConcurrency { get; set; }

    public int? RequestsPerMinute { get; set; }

    public long? TokensPerMinute { get; set; }

    public long? DailyBudgetNanoUsd { get; set; }

    /// <summary>Requested names it serves; empty: all that its platform knows.</summary>
    public IReadOnlyList<string> Models { get; set; } = [];

    /// <summary>Requested name → upstream model (or Azure deployment).</summary>
    public IReadOnlyDictionary<string, string> ModelMapping { get; set; } = new Dictionary<string, string>();

    public string? Group { get; set; }

    /// <summary>Encrypted too, since it may hold a password; null: none.</summary>
    public string? ProxyUrlEncrypted { get; set; }

    public AccountOptions Options { get; set; } = new();

    public bool Enabled { get; set; } = true;

    /// <summary>Why an operator must act (for instance <c>needs_login</c>); null: no reason.</summary>
    public string? StatusReason { get; set; }

    public string? LastError { get; set; }

    public DateTime? LastUsedAtUtc { get; set; }

    public DateTime CreatedAtUtc { get; set; }

    public DateTime UpdatedAtUtc { get; set; }

    public DateTime? DeletedAtUtc { get; set; }
}
