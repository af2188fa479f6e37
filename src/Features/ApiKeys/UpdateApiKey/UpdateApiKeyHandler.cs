using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.ApiKeys.UpdateApiKey;

internal sealed class UpdateApiKeyHandler(GatewayDbContext db, ICurrentUser caller, KeySpending spending, TimeProvider clock)
    : IRequestHandler<UpdateApiKeyRequest, Result<ApiKeyView>>
{
    public async Task<Result<ApiKeyView>> Handle(UpdateApiKeyRequest request, CancellationToken cancellationToken)
    {
        var updated = await db.InTransactionAsync(() => UpdateAsync(request, cancellationToken), cancellationToken);
        return updated.Error is { } error ? error : await ApiKeyView.ReadAsync(updated.Value, spending, cancellationToken);
    }

    private async Task<Result<ApiKey>> UpdateAsync(UpdateApiKeyRequest request, CancellationToken cancellationToken)
    {
        var rows = db.ApiKeys.VisibleTo(caller).Where(row => row.Id == request.Id);
        if (!await rows.LockAsync(cancellationToken))
        {
            return ApiKeyErrors.NotFound(request.Id);
        }

        var key = await rows.SingleAsync(cancellationToken);
        if (await RefusalAsync(request, key, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        if (request.ApplyTo(key) is { } error)
        {
            return error;
        }

        key.UpdatedAtUtc = clock.UtcNowMicroseconds();
        await db.SaveChangesAsync(cancellationToken);
        return key;
    }

    private async Task<GatewayError?> RefusalAsync(UpdateApiKeyRequest request, ApiKey key, CancellationToken cancellationToken)
    {
        if (IfMatch.Check(request.IfMatch, key.UpdatedAtUtc) is { } stale)
        {
            return stale;
        }

        // What a key has spent is counted beside what its user has spent, and cannot follow it to another.
        if (request.UserId.Or(key.UserId) != key.UserId)
        {
            return GatewayError.Invalid("user_id", "A key stays with its user: create another one for the other user.");
        }

        var name = request.Name.Or(key.Name);
        if (name != key.Name && await db.ApiKeys.AnyAsync(other => other.UserId == key.UserId && other.LiveName == name, cancellationToken))
        {
            return ApiKeyErrors.NameTaken(name);
        }

        return request.Enabled.Or(false) && !key.Enabled && !await db.Users.AnyAsync(user => user.Id == key.UserId && user.DeletedAtUtc == null, cancellationToken)
            ? GatewayError.Conflict("The user of this key was deleted: it cannot be enabled any more.")
            : null;
    }
}
