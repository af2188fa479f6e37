using Gateway.Infrastructure;
using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Auth.ApiKeys;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Metering;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.ApiKeys.CreateApiKey;

internal sealed class CreateApiKeyHandler(GatewayDbContext db, ICurrentUser caller, SecretRing ring, KeySpending spending, TimeProvider clock)
    : IRequestHandler<CreateApiKeyRequest, Result<ApiKeyWithSecret>>
{
    public async Task<Result<ApiKeyWithSecret>> Handle(CreateApiKeyRequest request, CancellationToken cancellationToken)
    {
        var secret = ApiKeySecret.Generate();
        return await db.InTransactionAsync(() => CreateAsync(request, secret, cancellationToken), cancellationToken);
    }

    private async Task<Result<ApiKeyWithSecret>> CreateAsync(CreateApiKeyRequest request, string secret, CancellationToken cancellationToken)
    {
        // With the owner locked, calls at once count one another's keys, and no key outruns the deletion of its owner.
        var ownerId = request.UserId.Or(caller.Id);
        if (!await db.Users.Where(user => user.Id == ownerId && user.DeletedAtUtc == null).LockAsync(cancellationToken))
        {
            return GatewayError.Invalid("user_id", $"There is no user {ownerId}.");
        }

        if (await db.ApiKeys.AnyAsync(other => other.UserId == ownerId && other.LiveName == request.Name.Value, cancellationToken))
        {
            return ApiKeyErrors.NameTaken(request.Name.Value);
        }

        var now = clock.UtcNowMicroseconds();
        var key = new ApiKey
        {
            UserId = ownerId,
            Name = request.Name.Value,
            SecretHash = ApiKeySecret.Hash(secret, ring.Current(SecretPurpose.ApiKeyHash).Material),
            Hint = ApiKeySecret.Hint(secret),
            CreatedAtUtc = now,
            UpdatedAtUtc = now,
        };
        if (!caller.IsAdmin && await KeyAllowance.GrantAsync(key, db, spending, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        if (request.ApplyTo(key) is { } error)
        {
            return error;
        }

        db.ApiKeys.Add(key);
        await db.SaveChangesAsync(cancellationToken);

        // Before the commit: once the secret counts, nothing may keep it from being shown.
        return new ApiKeyWithSecret(await ApiKeyView.ReadAsync(key, spending, cancellationToken), secret);
    }
}
