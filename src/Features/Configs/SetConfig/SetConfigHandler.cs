using Gateway.Infrastructure;
using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Configs.SetConfig;

internal sealed class SetConfigHandler(GatewayDbContext db, DynamicConfigs configs, TimeProvider clock)
    : IRequestHandler<SetConfigRequest, Result<ConfigItem>>
{
    public async Task<Result<ConfigItem>> Handle(SetConfigRequest request, CancellationToken cancellationToken)
    {
        if (!configs.ByKey.TryGetValue(request.Key, out var setting))
        {
            return GatewayError.NotFound($"There is no setting '{request.Key}'. GET /api/admin/configs lists them.");
        }

        return setting.Check(request.Value) is { } problem
            ? GatewayError.Invalid("value", problem)
            : await db.InTransactionAsync(() => WriteAsync(setting, request.Value.GetRawText(), cancellationToken), cancellationToken);
    }

    private async Task<Result<ConfigItem>> WriteAsync(Setting setting, string value, CancellationToken cancellationToken)
    {
        // Counted by the database, so that two changes at once are two versions.
        var now = clock.UtcNowMicroseconds();
        var rows = db.SystemConfigs.Where(row => row.Key == setting.Key);
        var changed = await rows.ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Value, value).SetProperty(row => row.UpdatedAtUtc, now).SetProperty(row => row.Version, row => row.Version + 1),
            cancellationToken);
        if (changed == 0)
        {
            db.SystemConfigs.Add(new SystemConfig
            {
                Key = setting.Key,
                Value = value,
                Type = setting.Type,
                Description = setting.Description,
                Version = 1,
                UpdatedAtUtc = now,
            });
        }

        db.Touch(CacheArea.Configs);
        await db.SaveChangesAsync(cancellationToken);
        return ConfigItem.Of(setting, await rows.AsNoTracking().SingleAsync(cancellationToken));
    }
}
