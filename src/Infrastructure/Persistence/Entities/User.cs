using Gateway.Infrastructure.Auth;

namespace Gateway.Infrastructure.Persistence.Entities;

/// <summary>A person who logs in to the console.</summary>
internal sealed class User
{
    public const int UsernameMaxLength = 64;
    public const int EmailMaxLength = 254;
    public const int PasswordMinLength = 12;
    public const int PasswordMaxLength = 128;

    public long Id { get; set; }

    public required string Username { get; set; }

    /// <summary>The lower-case name while the user exists, null once deleted: its unique index frees the name.</summary>
    public string? LiveUsername { get; set; }

    public required string PasswordHash { get; set; }

    public string? Email { get; set; }

    public Role Role { get; set; } = Role.User;

    public bool Enabled { get; set; } = true;

    /// <summary>Raised by log-out-everywhere, a new password or another role: tokens with an older one are refused.</summary>
    public int SecurityVersion { get; set; } = 1;

    public KeyDefaults KeyDefaults { get; set; } = new();

    public DateTime? LastLoginAtUtc { get; set; }

    public DateTime CreatedAtUtc { get; set; }

    public DateTime UpdatedAtUtc { get; set; }

    public DateTime? DeletedAtUtc { get; set; }
}
