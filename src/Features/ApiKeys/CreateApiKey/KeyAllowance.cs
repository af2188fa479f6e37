using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.ApiKeys.CreateApiKey;

/// <summary>What a key is given that a user creates who is no administrator.</summary>
internal static class KeyAllowance
{
    /// <summary>Longer than the longest window (a month) that a deleted key may have spent in, and than any request of it can go unsettled.</summary>
    private static readonly TimeSpan PlaceHeld = TimeSpan.FromDays(32);

    /// <summary>Copies the user's defaults into a new key. The user's row must be locked.</summary>
    /// <returns>Why the user may not have the key; null: they may.</returns>
    public static async Task<GatewayError?> GrantAsync(ApiKey key, GatewayDbContext db, KeySpending spending, CancellationToken cancellationToken)
    {
        var defaults = await db.Users.Where(user => user.Id == key.UserId).Select(user => user.KeyDefaults).SingleAsync(cancellationToken);
        if (defaults.MaxKeys == 0)
        {
            return GatewayError.Forbidden("You may not create API keys: ask an administrator.");
        }

        // The living first: a key that is deleted in between is counted twice, and never not at all.
        var living = await db.ApiKeys.CountAsync(other => other.UserId == key.UserId && other.DeletedAtUtc == null, cancellationToken);
        var deleted = await db.ApiKeys.AsNoTracking().Where(other => other.UserId == key.UserId && other.DeletedAtUtc != null).ToListAsync(cancellationToken);
        if (living + deleted.Count(other => other.DeletedAtUtc > key.CreatedAtUtc - PlaceHeld) >= defaults.MaxKeys)
        {
            return GatewayError.Forbidden(
                $"You may have {defaults.MaxKeys} API keys, and a deleted one keeps its place for {PlaceHeld.Days} days. Rotate a key to replace its secret, or ask an administrator.");
        }

        key.QuotaNanoUsd = Money.ToNanoUsd(defaults.QuotaUsd);
        if (key.QuotaNanoUsd > 0 && deleted.Count > 0)
        {
            var spent = (await spending.ReadAsync(deleted, cancellationToken)).Values.Sum(spend => spend.SpentNanoUsd);
            if (spent >= key.QuotaNanoUsd)
            {
                return GatewayError.Forbidden("The keys that you deleted have spent your quota: ask an administrator for more.");
            }

            key.QuotaNanoUsd -= spent;
        }

        key.BillingMode = defaults.BillingMode;
        key.Subscription = defaults.Subscription;
        key.RateMultiplier = defaults.RateMultiplier;
        key.AccountGroup = defaults.AccountGroup;
        key.AllowedPlatforms = defaults.AllowedPlatforms ?? [];
        key.MaxConcurrency = defaults.MaxConcurrency;
        key.RequestsPerMinute = defaults.RequestsPerMinute;
        key.TokensPerMinute = defaults.TokensPerMinute;
        return null;
    }
}
