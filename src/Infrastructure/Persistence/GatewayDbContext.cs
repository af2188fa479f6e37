using Gateway.Infrastructure.Persistence.Entities;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Infrastructure.Persistence;

/// <summary>One model for both databases; the subclasses exist because each database has migrations of its own.</summary>
internal abstract class GatewayDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();

    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<UsageRecord> UsageRecords => Set<UsageRecord>();

    public DbSet<UsageAdjustment> UsageAdjustments => Set<UsageAdjustment>();

    public DbSet<HourlyUsage> HourlyUsages => Set<HourlyUsage>();

    public DbSet<DailyUsage> DailyUsages => Set<DailyUsage>();

    public DbSet<RequestLog> RequestLogs => Set<RequestLog>();

    public DbSet<SystemConfig> SystemConfigs => Set<SystemConfig>();

    public DbSet<CacheVersion> CacheVersions => Set<CacheVersion>();

    public DbSet<RevokedToken> RevokedTokens => Set<RevokedToken>();

    public DbSet<SecretKey> SecretKeys => Set<SecretKey>();

    public DbSet<ModelPriceOverride> ModelPrices => Set<ModelPriceOverride>();

    public DbSet<ModelAlias> ModelAliases => Set<ModelAlias>();

    public DbSet<AccountCooldown> AccountCooldowns => Set<AccountCooldown>();

    public DbSet<ResponseBinding> ResponseBindings => Set<ResponseBinding>();

    public DbSet<AuditLog> AuditLogs => Set<AuditLog>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(GatewayDbContext).Assembly);
        modelBuilder.UseSnakeCaseNames();
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcKindConverter>().HavePrecision(6);
        configurationBuilder.Properties<Platform>().HaveConversion<PlatformConverter>().HaveMaxLength(16);
    }
}

internal sealed class SqliteGatewayDbContext(DbContextOptions<SqliteGatewayDbContext> options) : GatewayDbContext(options);

internal sealed class MySqlGatewayDbContext(DbContextOptions<MySqlGatewayDbContext> options) : GatewayDbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        // MariaDB's default is latin1, and case must matter as it does in SQLite; the 0900 collations are not on MariaDB.
        modelBuilder.HasCharSet("utf8mb4").UseCollation("utf8mb4_bin");
        base.OnModelCreating(modelBuilder);
    }
}
