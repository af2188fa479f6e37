using Gateway.Infrastructure;
using Gateway.Infrastructure.Time;
using Gateway.Proxy.Metering.Rerating;
using MediatR;

namespace Gateway.Features.Prices.RerateUsage;

internal sealed class RerateUsageHandler(RerateJobs jobs) : IRequestHandler<RerateUsageRequest, Result<RerateUsageResponse>>
{
    public async Task<Result<RerateUsageResponse>> Handle(RerateUsageRequest request, CancellationToken cancellationToken) =>
        await jobs.StartAsync(PlatformNames.Parse(request.Platform), request.Model, new TimeRange(request.From!.Value, request.To!.Value)) is { } job
            ? new RerateUsageResponse(job.Id)
            : GatewayError.Conflict("Too many such jobs wait already. Try again when they are done.");
}
