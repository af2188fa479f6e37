using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Prices.RerateUsage;

/// <summary>
/// Prices past requests again, by the prices that hold now for their time: set those first. What differs becomes a correction beside each usage record, which is itself never changed; sums, balances and limits then contain both.
/// Runs in the background; running it again changes nothing.
/// </summary>
/// <param name="Platform">The platform, such as <c>openai</c>.</param>
/// <param name="Model">The model as clients asked for it, or as the platform names it.</param>
/// <param name="From">The first moment, RFC 3339.</param>
/// <param name="To">The moment after the last one.</param>
public sealed record RerateUsageRequest(string Platform = "", string Model = "", DateTime? From = null, DateTime? To = null) : IRequest<Result<RerateUsageResponse>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}

/// <summary>The job that was started.</summary>
/// <param name="JobId">Asked for under <c>/api/admin/prices/rerate/{job_id}</c>.</param>
public sealed record RerateUsageResponse(Guid JobId);
