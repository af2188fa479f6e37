using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.ApiKeys.DeleteApiKey;

internal sealed class DeleteApiKeyHandler(GatewayDbContext db, ICurrentUser caller, TimeProvider clock) : IRequestHandler<DeleteApiKeyRequest, Result<Nothing>>
{
    public Task<Result<Nothing>> Handle(DeleteApiKeyRequest request, CancellationToken cancellationToken) =>
        db.InTransactionAsync(() => DeleteAsync(request.Id, cancellationToken), cancellationToken);

    private async Task<Result<Nothing>> DeleteAsync(long id, CancellationToken cancellationToken)
    {
        var rows = db.ApiKeys.VisibleTo(caller).Where(row => row.Id == id);
        if (!await rows.LockAsync(cancellationToken))
        {
            return ApiKeyErrors.NotFound(id);
        }

        var key = await rows.SingleAsync(cancellationToken);
        key.Enabled = false;
        key.LiveName = null;
        key.PreviousSecretHash = null;
        key.PreviousSecretEndsAtUtc = null;
        key.DeletedAtUtc = key.UpdatedAtUtc = clock.UtcNowMicroseconds();
        await db.SaveChangesAsync(cancellationToken);
        return Nothing.Value;
    }
}
