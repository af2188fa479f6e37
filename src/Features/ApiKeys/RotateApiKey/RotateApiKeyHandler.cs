using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Metering;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.ApiKeys.RotateApiKey;

internal sealed class RotateApiKeyHandler(GatewayDbContext db, ICurrentUser caller, SecretRing ring, KeySpending spending, TimeProvider clock)
    : IRequestHandler<RotateApiKeyRequest, Result<ApiKeyWithSecret>>
{
    public async Task<Result<ApiKeyWithSecret>> Handle(RotateApiKeyRequest request, CancellationToken cancellationToken)
    {
        var secret = ApiKeySecret.Generate();
        return await db.InTransactionAsync(() => RotateAsync(request, secret, cancellationToken), cancellationToken);
    }

    private async Task<Result<ApiKeyWithSecret>> RotateAsync(RotateApiKeyRequest request, string secret, CancellationToken cancellationToken)
    {
        var rows = db.ApiKeys.VisibleTo(caller).Where(row => row.Id == request.Id);
        if (!await rows.LockAsync(cancellationToken))
        {
            return ApiKeyErrors.NotFound(request.Id);
        }

        var key = await rows.SingleAsync(cancellationToken);
        var now = clock.UtcNowMicroseconds();
        var overlaps = request.OverlapSeconds > 0;
        key.PreviousSecretHash = overlaps ? key.SecretHash : null;
        key.PreviousSecretEndsAtUtc = overlaps ? now.AddSeconds(request.OverlapSeconds) : null;
        key.SecretHash = ApiKeySecret.Hash(secret, ring.Current(SecretPurpose.ApiKeyHash).Material);
        key.Hint = ApiKeySecret.Hint(secret);
        key.UpdatedAtUtc = now;
        await db.SaveChangesAsync(cancellationToken);

        // Before the commit: once the secret counts, nothing may keep it from being shown.
        return new ApiKeyWithSecret(await ApiKeyView.ReadAsync(key, spending, cancellationToken), secret);
    }
}
