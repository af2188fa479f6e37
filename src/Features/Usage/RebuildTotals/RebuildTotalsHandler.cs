using Gateway.Infrastructure.Configs;
using Gateway.Infrastructure.Redis;
using Gateway.Proxy.Metering.Store;
using MediatR;

namespace Gateway.Features.Usage.RebuildTotals;

internal sealed class RebuildTotalsHandler(UsageTotalsCheck check, DynamicConfigs configs, RedisClock clock) : IRequestHandler<RebuildTotalsRequest, Result<RebuildTotalsResponse>>
{
    public async Task<Result<RebuildTotalsResponse>> Handle(RebuildTotalsRequest request, CancellationToken cancellationToken)
    {
        var (from, to) = (request.From!.Value, request.To!.Value);
        if (configs.Get(RetentionSettings.UsageRecordDays) is > 0 and var kept && from <= DateOnly.FromDateTime(clock.UtcNow).AddDays(-kept))
        {
            return GatewayError.Conflict($"Usage records are kept for {kept} days: the sums of earlier days cannot be made from them.");
        }

        var corrected = 0;
        for (var day = from; day < to; day = day.AddDays(1))
        {
            corrected += (await check.FindDriftAsync(day, cancellationToken)).Count;
            await check.RebuildAsync(day, cancellationToken);
        }

        return new RebuildTotalsResponse(to.DayNumber - from.DayNumber, corrected);
    }
}
