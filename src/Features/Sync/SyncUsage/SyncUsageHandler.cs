using Gateway.Proxy.Metering;
using MediatR;

namespace Gateway.Features.Sync.SyncUsage;

internal sealed class SyncUsageHandler(UsageSync sync, TimeProvider clock) : IRequestHandler<SyncUsageRequest, Result<SyncUsageResponse>>
{
    public async Task<Result<SyncUsageResponse>> Handle(SyncUsageRequest request, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var records = await sync.RunAsync(cancellationToken);
        return new SyncUsageResponse(records, (long)clock.GetElapsedTime(started).TotalMilliseconds);
    }
}
