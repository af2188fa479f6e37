using Gateway.Infrastructure;
using Gateway.Proxy.Metering.Rerating;
using MediatR;

namespace Gateway.Features.Prices.GetRerating;

internal sealed class GetReratingHandler(RerateJobs jobs) : IRequestHandler<GetReratingRequest, Result<ReratingView>>
{
    public async Task<Result<ReratingView>> Handle(GetReratingRequest request, CancellationToken cancellationToken)
    {
        if (await jobs.FindAsync(request.Id) is not { } job)
        {
            return GatewayError.NotFound($"There is no job '{request.Id}', or it is long over.");
        }

        var result = job.Result;
        return new ReratingView(job.Id, job.Status, result.Records, result.Changed, Money.ToUsd(result.DeltaCostNanoUsd), Money.ToUsd(result.DeltaBilledNanoUsd), job.Error);
    }
}
