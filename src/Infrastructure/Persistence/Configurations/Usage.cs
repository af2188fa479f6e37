using Gateway.Infrastructure.Persistence.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateway.Infrastructure.Persistence.Configurations;

/// <summary>No foreign keys and no secondary unique index: the table must be partitionable by its id later, and outlives keys and accounts.</summary>
internal sealed class UsageRecordConfiguration : IEntityTypeConfiguration<UsageRecord>
{
    public void Configure(EntityTypeBuilder<UsageRecord> builder)
    {
        builder.ToTable("usage_records");
        builder.HasKey(record => record.RequestId);
        builder.Property(record => record.RequestId).HasColumnType("binary(16)").HasMaxLength(16);
        builder.Property(record => record.BatchId).HasColumnType("binary(16)").HasMaxLength(16);
        builder.Property(record => record.Model).HasMaxLength(Account.ModelMaxLength);
        builder.Property(record => record.UpstreamModel).HasMaxLength(Account.ModelMaxLength);
        builder.Property(record => record.ClientFormat).HasMaxLength(24);
        builder.Property(record => record.Endpoint).HasMaxLength(64);
        builder.Property(record => record.ServiceTier).HasMaxLength(32);
        builder.Property(record => record.Details).HasMaxLength(UsageRecord.DetailsMaxLength);
        builder.Property(record => record.RateMultiplier).HasPrecision(7, 4);
        builder.Property(record => record.PriceVersion).HasMaxLength(64);
        builder.Property(record => record.UsageSource).HasMaxLength(16);
        builder.Property(record => record.Status).HasMaxLength(16);
        builder.Property(record => record.UpstreamRequestId).HasMaxLength(200);
        builder.HasIndex(record => new { record.ApiKeyId, record.RequestId });
        builder.HasIndex(record => new { record.AccountId, record.RequestId });
        builder.HasIndex(record => new { record.UserId, record.RequestId });
        builder.HasIndex(record => record.BatchId);
    }
}

internal sealed class UsageAdjustmentConfiguration : IEntityTypeConfiguration<UsageAdjustment>
{
    public void Configure(EntityTypeBuilder<UsageAdjustment> builder)
    {
        builder.ToTable("usage_adjustments");
        builder.Property(adjustment => adjustment.RequestId).HasColumnType("binary(16)").HasMaxLength(16);
        builder.Property(adjustment => adjustment.PriceVersion).HasMaxLength(64);
        builder.Property(adjustment => adjustment.Reason).HasMaxLength(200);
        builder.HasIndex(adjustment => adjustment.RequestId);
    }
}

internal sealed class HourlyUsageConfiguration : IEntityTypeConfiguration<HourlyUsage>
{
    public void Configure(EntityTypeBuilder<HourlyUsage> builder)
    {
        builder.ToTable("hourly_usages");
        builder.Property(totals => totals.Model).HasMaxLength(Account.ModelMaxLength);
        builder.HasIndex(totals => new { totals.PeriodUtc, totals.ApiKeyId, totals.AccountId, totals.Model }).IsUnique();
        builder.HasIndex(totals => new { totals.ApiKeyId, totals.PeriodUtc });
    }
}

internal sealed class DailyUsageConfiguration : IEntityTypeConfiguration<DailyUsage>
{
    public void Configure(EntityTypeBuilder<DailyUsage> builder)
    {
        builder.ToTable("daily_usages");
        builder.Property(totals => totals.Model).HasMaxLength(Account.ModelMaxLength);
        builder.HasIndex(totals => new { totals.PeriodUtc, totals.ApiKeyId, totals.AccountId, totals.Model }).IsUnique();
        builder.HasIndex(totals => new { totals.ApiKeyId, totals.PeriodUtc });
    }
}

internal sealed class RequestLogConfiguration : IEntityTypeConfiguration<RequestLog>
{
    public void Configure(EntityTypeBuilder<RequestLog> builder)
    {
        builder.ToTable("request_logs");
        builder.HasKey(log => log.RequestId);
        builder.Property(log => log.RequestId).HasColumnType("binary(16)").HasMaxLength(16);
        builder.Property(log => log.Model).HasMaxLength(Account.ModelMaxLength);
        builder.Property(log => log.UpstreamModel).HasMaxLength(Account.ModelMaxLength);
        builder.Property(log => log.ClientFormat).HasMaxLength(24);
        builder.Property(log => log.Endpoint).HasMaxLength(64);
        builder.Property(log => log.ErrorKind).HasMaxLength(32);
        builder.Property(log => log.ErrorMessage).HasMaxLength(RequestLog.ErrorMessageMaxLength);
        builder.Property(log => log.ClientIp).HasMaxLength(45);
        builder.Property(log => log.UserAgent).HasMaxLength(RequestLog.UserAgentMaxLength);
        builder.HasIndex(log => new { log.ApiKeyId, log.RequestId });
        builder.HasIndex(log => new { log.UserId, log.RequestId });
    }
}
