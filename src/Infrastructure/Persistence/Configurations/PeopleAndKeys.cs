using Gateway.Infrastructure.Persistence.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateway.Infrastructure.Persistence.Configurations;

internal sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.ToTable("users");
        builder.Property(user => user.Username).HasMaxLength(User.UsernameMaxLength);
        builder.Property(user => user.LiveUsername).HasMaxLength(User.UsernameMaxLength);
        builder.Property(user => user.PasswordHash).HasMaxLength(200);
        builder.Property(user => user.Email).HasMaxLength(User.EmailMaxLength);
        builder.Property(user => user.KeyDefaults).HasJsonConversion();
        builder.HasIndex(user => user.LiveUsername).IsUnique();
    }
}

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_keys");
        builder.Property(key => key.Name).HasMaxLength(ApiKey.NameMaxLength);
        builder.Property(key => key.LiveName).HasMaxLength(ApiKey.NameMaxLength);
        builder.Property(key => key.SecretHash).HasColumnType("binary(32)").HasMaxLength(32);
        builder.Property(key => key.PreviousSecretHash).HasColumnType("binary(32)").HasMaxLength(32);
        builder.Property(key => key.Hint).HasMaxLength(24);
        builder.Property(key => key.AccountGroup).HasMaxLength(ApiKey.GroupMaxLength);
        builder.Property(key => key.RateMultiplier).HasPrecision(7, 4);
        builder.Property(key => key.Tags).HasJsonConversion();
        builder.Property(key => key.Subscription).HasJsonConversion();
        builder.Property(key => key.AllowedModels).HasJsonConversion();
        builder.Property(key => key.AllowedPlatforms).HasJsonConversion();
        builder.Property(key => key.AllowedIps).HasJsonConversion();
        builder.Property(key => key.Limits).HasJsonConversion();
        builder.Property(key => key.Options).HasJsonConversion();
        builder.HasIndex(key => key.SecretHash).IsUnique();
        builder.HasIndex(key => new { key.UserId, key.LiveName }).IsUnique();
    }
}

internal sealed class RevokedTokenConfiguration : IEntityTypeConfiguration<RevokedToken>
{
    public void Configure(EntityTypeBuilder<RevokedToken> builder)
    {
        builder.ToTable("revoked_tokens");
        builder.HasKey(token => token.Jti);
        builder.Property(token => token.Jti).HasMaxLength(36);
        builder.HasIndex(token => token.ExpiresAtUtc);
    }
}

internal sealed class AuditLogConfiguration : IEntityTypeConfiguration<AuditLog>
{
    public void Configure(EntityTypeBuilder<AuditLog> builder)
    {
        builder.ToTable("audit_logs");
        builder.Property(log => log.Action).HasMaxLength(64);
        builder.Property(log => log.Subject).HasMaxLength(200);
        builder.Property(log => log.ClientIp).HasMaxLength(45);
        builder.HasIndex(log => log.CreatedAtUtc);
    }
}

internal sealed class SecretKeyConfiguration : IEntityTypeConfiguration<SecretKey>
{
    public void Configure(EntityTypeBuilder<SecretKey> builder)
    {
        builder.ToTable("secret_keys");
        builder.HasKey(key => key.Id);
        builder.Property(key => key.Id).HasMaxLength(32);
        builder.Property(key => key.Purpose).HasMaxLength(32);
        builder.Property(key => key.Material).HasMaxLength(500);
    }
}
