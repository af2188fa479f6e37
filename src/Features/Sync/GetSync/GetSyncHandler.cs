using Gateway.Proxy.Metering;
using Gateway.Proxy.Metering.Spool;
using Gateway.Proxy.Metering.Store;
using MediatR;

namespace Gateway.Features.Sync.GetSync;

internal sealed class GetSyncHandler(UsageQueue queue, UsageSync sync, UsageSpool spool, RefusedUsage refused, TimeProvider clock) : IRequestHandler<GetSyncRequest, Result<GetSyncResponse>>
{
    public async Task<Result<GetSyncResponse>> Handle(GetSyncRequest request, CancellationToken cancellationToken)
    {
        var lengths = await queue.LengthsAsync();
        var oldest = await queue.OldestAsync();
        return new GetSyncResponse(
            await sync.LastSuccessAsync(),
            lengths.Sum() + spool.CountUnsettled().Undelivered,
            oldest is { } at ? Math.Max(0, (long)(clock.GetUtcNow().UtcDateTime - at).TotalSeconds) : null,
            refused.Count);
    }
}
