using System.Data;
using Gateway.Infrastructure.Caching;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Platforms;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Proxy.Tokens;

/// <summary>Reads and writes the token fields of accounts, and no others. Every write counts only if the row is still the one that was read.</summary>
internal sealed class TokenStore(IServiceScopeFactory scopes, PlatformCatalogue catalogue, SecretBox box)
{
    /// <returns>Null: the account is gone.</returns>
    /// <exception cref="System.Data.Common.DbException">The database does not answer; or what wraps it (<see cref="DatabaseFailure"/>). So with the other calls.</exception>
    public async Task<Account?> ReadAsync(long accountId, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await Row(scope.ServiceProvider.GetRequiredService<GatewayDbContext>(), accountId).AsNoTracking().SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>
    /// Stores a pair. When the row has changed meanwhile, an operator's change stands, and of two renewals the pair that lasts longer, which was issued last.
    /// </summary>
    public async Task StoreAsync(PendingPair pair, CancellationToken cancellationToken)
    {
        while (await ReadAsync(pair.AccountId, cancellationToken) is { } row && MayReplace(pair, row))
        {
            var credentials = AccountCredentials.Open(box, pair.AccountId, pair.Envelope);
            var hint = catalogue[row.Platform].KindOf(credentials).HintOf(credentials);
            var isStored = await WriteAsync(
                pair.AccountId,
                row.CredentialVersion,
                rows => rows.ExecuteUpdateAsync(
                    set => set
                        .SetProperty(account => account.CredentialsEncrypted, pair.Envelope)
                        .SetProperty(account => account.CredentialVersion, row.CredentialVersion + 1)
                        .SetProperty(account => account.CredentialsHint, hint)
                        .SetProperty(account => account.TokenExpiresAtUtc, pair.ExpiresAtUtc)
                        .SetProperty(account => account.StatusReason, (string?)null)
                        .SetProperty(account => account.LastError, (string?)null),
                    cancellationToken),
                cancellationToken);
            if (isStored)
            {
                return;
            }
        }
    }

    /// <summary>Takes an account whose credentials were proven useless out of use, unless it has others by now.</summary>
    /// <param name="reason"><c>needs_login</c>, or what an operator must do.</param>
    /// <param name="lastError">What the provider said.</param>
    /// <returns>Whether they were still the same.</returns>
    public Task<bool> MarkAsync(long accountId, int version, string reason, string lastError, CancellationToken cancellationToken) => WriteAsync(
        accountId,
        version,
        rows => rows.ExecuteUpdateAsync(
            set => set.SetProperty(account => account.StatusReason, reason).SetProperty(account => account.LastError, lastError), cancellationToken),
        cancellationToken);

    private static bool MayReplace(PendingPair pair, Account row) =>
        row.CredentialVersion == pair.FromVersion || (row.UpdatedAtUtc == pair.SeenUpdatedAtUtc && row.TokenExpiresAtUtc < pair.ExpiresAtUtc);

    private async Task<bool> WriteAsync(long accountId, int version, Func<IQueryable<Account>, Task<int>> update, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<GatewayDbContext>();
        await using var transaction = await WriteTransaction.BeginAsync(db, IsolationLevel.Unspecified, cancellationToken);
        if (await update(Row(db, accountId).Where(row => row.CredentialVersion == version)) == 0)
        {
            return false;
        }

        // Every instance reads the accounts again.
        db.Touch(CacheArea.Accounts);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static IQueryable<Account> Row(GatewayDbContext db, long accountId) => db.Accounts.Where(row => row.Id == accountId && row.DeletedAtUtc == null);
}
