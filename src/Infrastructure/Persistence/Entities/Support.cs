namespace Gateway.Infrastructure.Persistence.Entities;

/// <summary>A dynamic setting that differs from its default.</summary>
internal sealed class SystemConfig
{
    public const int KeyMaxLength = 100;

    public required string Key { get; set; }

    /// <summary>The value as JSON.</summary>
    public required string Value { get; set; }

    public required string Type { get; set; }

    public required string Description { get; set; }

    public int Version { get; set; }

    public DateTime UpdatedAtUtc { get; set; }
}

/// <summary>Raised in the same transaction as any change of what instances cache, and polled by every instance.</summary>
internal sealed class CacheVersion
{
    public required string Area { get; set; }

    public long Version { get; set; }
}

/// <summary>A log-in token that was ended before its time.</summary>
internal sealed class RevokedToken
{
    public required string Jti { get; set; }

    /// <summary>When the token would have ended by itself; the row is useless from then on.</summary>
    public DateTime ExpiresAtUtc { get; set; }
}

/// <summary>A key of the ring for JWT, credential encryption and key hashes; wrapped when a master key is configured.</summary>
internal sealed class SecretKey
{
    public required string Id { get; set; }

    public required string Purpose { get; set; }

    /// <summary>Base64 of the key, or an envelope of the master key.</summary>
    public required string Material { get; set; }

    public DateTime CreatedAtUtc { get; set; }
}

/// <summary>An administrator's price for a model, from a time on.</summary>
internal sealed class ModelPriceOverride
{
    public long Id { get; set; }

    public Platform Platform { get; set; }

    public required string Model { get; set; }

    public DateTime EffectiveFromUtc { get; set; }

    /// <summary>JSON of the rates; null: from here on the shipped price counts again.</summary>
    public string? Prices { get; set; }

    public DateTime CreatedAtUtc { get; set; }
}

/// <summary>A global name for a list of models, tried in order.</summary>
internal sealed class ModelAlias
{
    public required string Alias { get; set; }

    public IReadOnlyList<string> Models { get; set; } = [];

    public DateTime UpdatedAtUtc { get; set; }
}

/// <summary>Why, with what evidence and until when an account is left alone. Written behind; live state is in Redis.</summary>
internal sealed class AccountCooldown
{
    public long Id { get; set; }

    public long AccountId { get; set; }

    /// <summary>Empty: the whole account.</summary>
    public string ModelFamily { get; set; } = "";

    public required string Reason { get; set; }

    public string? Evidence { get; set; }

    public DateTime UntilUtc { get; set; }

    public DateTime CreatedAtUtc { get; set; }
}

/// <summary>Which account made a response that later requests refer to. Written behind.</summary>
internal sealed class ResponseBinding
{
    public const int ResponseIdMaxLength = 200;

    public long UserId { get; set; }

    public required string ResponseId { get; set; }

    public long AccountId { get; set; }

    public DateTime ExpiresAtUtc { get; set; }
}

/// <summary>Who changed what in the management API, without secrets.</summary>
internal sealed class AuditLog
{
    public long Id { get; set; }

    public DateTime CreatedAtUtc { get; set; }

    public long? UserId { get; set; }

    public required string Action { get; set; }

    public required string Subject { get; set; }

    public string? Before { get; set; }

    public string? After { get; set; }

    public string? ClientIp { get; set; }
}
