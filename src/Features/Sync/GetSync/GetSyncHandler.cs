using Gateway.Proxy.Metering;
using MediatR;

namespace Gateway.Features.Sync.GetSync;

internal sealed class GetSyncHandler(UsageQueue queue, UsageSync sync, TimeProvider clock) : IRequestHandler<GetSyncRequest, Result<GetSyncResponse>>
{
    public async Task<Result<GetSyncResponse>> Handle(GetSyncRequest request, CancellationToken cancellationToken)
    {
        var lengths = await queue.LengthsAsync();
        var oldest = await queue.OldestAsync();
        return new GetSyncResponse(
            await sync.LastSuccessAsync(),
            lengths.Sum(),
            oldest is { } at ? Math.Max(0, (long)(clock.GetUtcNow().UtcDateTime - at).TotalSeconds) : null);
    }
}
