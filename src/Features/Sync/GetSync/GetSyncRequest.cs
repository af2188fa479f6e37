using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Sync.GetSync;

/// <summary>Tells how far the move of usage to the database is.</summary>
public sealed record GetSyncRequest : IRequest<Result<GetSyncResponse>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}

/// <summary>State of the sync.</summary>
/// <param name="LastSuccessAt">When a run last ended well, UTC; null: not since the gateway (or its Redis) was started.</param>
/// <param name="PendingRecords">Ended requests that wait for the database.</param>
/// <param name="OldestPendingSeconds">How long the oldest of them in Redis has waited; null: none waits there.</param>
/// <param name="RefusedRecords">Ended requests that the database would never take and that no sum contains. The instance that answers has them in the file <c>refused-usage.jsonl</c> of its data directory, with the reason.</param>
public sealed record GetSyncResponse(DateTime? LastSuccessAt, long PendingRecords, long? OldestPendingSeconds, int RefusedRecords);
