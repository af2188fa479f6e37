using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Persistence.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateway.Infrastructure.Persistence.Configurations;

internal sealed class AccountConfiguration : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> builder)
    {
        builder.ToTable("accounts");
        builder.Property(account => account.Name).HasMaxLength(Account.NameMaxLength);
        builder.Property(account => account.LiveName).HasMaxLength(Account.NameMaxLength);
        builder.Property(account => account.BaseUrl).HasMaxLength(Account.UrlMaxLength);
        builder.Property(account => account.CredentialsHint).HasMaxLength(100);
        builder.Property(account => account.Group).HasMaxLength(Account.GroupMaxLength);
        builder.Property(account => account.StatusReason).HasMaxLength(200);
        builder.Property(account => account.LastError).HasMaxLength(1000);
        builder.Property(account => account.Models).HasJsonConversion();
        builder.Property(account => account.ModelMapping).HasJsonConversion();
        builder.Property(account => account.Options).HasJsonConversion();
        builder.HasIndex(account => account.LiveName).IsUnique();
    }
}

internal sealed class AccountCooldownConfiguration : IEntityTypeConfiguration<AccountCooldown>
{
    public void Configure(EntityTypeBuilder<AccountCooldown> builder)
    {
        builder.ToTable("account_cooldowns");
        builder.Property(cooldown => cooldown.ModelFamily).HasMaxLength(100);
        builder.Property(cooldown => cooldown.Reason).HasMaxLength(64);
        builder.Property(cooldown => cooldown.Evidence).HasMaxLength(500);
        builder.HasIndex(cooldown => new { cooldown.AccountId, cooldown.ModelFamily }).IsUnique();
    }
}

internal sealed class ResponseBindingConfiguration : IEntityTypeConfiguration<ResponseBinding>
{
    public void Configure(EntityTypeBuilder<ResponseBinding> builder)
    {
        builder.ToTable("response_bindings");
        builder.HasKey(binding => new { binding.UserId, binding.ResponseId });
        builder.Property(binding => binding.ResponseId).HasMaxLength(ResponseBinding.ResponseIdMaxLength);
        builder.HasIndex(binding => binding.ExpiresAtUtc);
    }
}

internal sealed class ModelPriceConfiguration : IEntityTypeConfiguration<ModelPriceOverride>
{
    public void Configure(EntityTypeBuilder<ModelPriceOverride> builder)
    {
        builder.ToTable("model_prices");
        builder.Property(price => price.Model).HasMaxLength(Account.ModelMaxLength);
        builder.HasIndex(price => new { price.Platform, price.Model, price.EffectiveFromUtc }).IsUnique();
    }
}

internal sealed class ModelAliasConfiguration : IEntityTypeConfiguration<ModelAlias>
{
    public void Configure(EntityTypeBuilder<ModelAlias> builder)
    {
        builder.ToTable("model_aliases");
        builder.HasKey(alias => alias.Alias);
        builder.Property(alias => alias.Alias).HasMaxLength(Account.ModelMaxLength);
        builder.Property(alias => alias.Models).HasJsonConversion();
    }
}

internal sealed class SystemConfigConfiguration : IEntityTypeConfiguration<SystemConfig>
{
    public void Configure(EntityTypeBuilder<SystemConfig> builder)
    {
        builder.ToTable("system_configs");
        builder.HasKey(config => config.Key);
        builder.Property(config => config.Key).HasMaxLength(SystemConfig.KeyMaxLength);
        builder.Property(config => config.Type).HasMaxLength(16);
        builder.Property(config => config.Description).HasMaxLength(500);
    }
}

internal sealed class CacheVersionConfiguration : IEntityTypeConfiguration<CacheVersion>
{
    public void Configure(EntityTypeBuilder<CacheVersion> builder)
    {
        builder.ToTable("cache_versions");
        builder.HasKey(version => version.Area);
        builder.Property(version => version.Area).HasMaxLength(32);

        // Changes only update rows: every area must be there from the start.
        builder.HasData(CacheArea.All.Select(area => new CacheVersion { Area = area, Version = 0 }));
    }
}
