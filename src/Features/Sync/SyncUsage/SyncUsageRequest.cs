using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Sync.SyncUsage;

/// <summary>Moves usage that is only in Redis to the database now, also when the schedule is switched off. Waits for a run that is under way, and covers everything that ended before the call.</summary>
public sealed record SyncUsageRequest : IRequest<Result<SyncUsageResponse>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}

/// <summary>What was moved.</summary>
/// <param name="Records">How many ended requests were moved.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
public sealed record SyncUsageResponse(int Records, long DurationMs);
