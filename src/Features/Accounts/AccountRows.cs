using System.Data;
using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Platforms;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Accounts;

internal static class AccountRows
{
    /// <summary>Deleted accounts stay in the table for the usage that names them.</summary>
    public static IQueryable<Account> Existing(this IQueryable<Account> accounts) => accounts.Where(account => account.DeletedAtUtc == null);

    /// <summary>Forgets why the account was left alone, as far as the database knows. The caller saves.</summary>
    public static async Task ClearMarksAsync(this GatewayDbContext db, Account account, CancellationToken cancellationToken)
    {
        db.AccountCooldowns.RemoveRange(await db.AccountCooldowns.Where(row => row.AccountId == account.Id).ToListAsync(cancellationToken));
        account.StatusReason = null;
        account.LastError = null;
    }

    /// <summary>Adds an account with its secrets.</summary>
    public static async Task AddAsync(
        this GatewayDbContext db, Account account, AccountCredentials credentials, string? proxyUrl, PlatformCatalogue catalogue, SecretBox box, CancellationToken cancellationToken)
    {
        // What is sealed is bound to the row's id, which the first statement gives; nobody sees the row in between.
        await using var transaction = await WriteTransaction.BeginAsync(db, IsolationLevel.Unspecified, cancellationToken);
        db.Accounts.Add(account);
        await db.SaveChangesAsync(cancellationToken);
        account.SetCredentials(credentials, catalogue, box);
        account.CredentialVersion = 1;
        account.ProxyUrlEncrypted = AccountProxyUrl.Seal(box, account.Id, proxyUrl);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Takes the row for a change, unless somebody changed it, or renewed its credentials, since it was read.</summary>
    public static async Task<bool> ClaimAsync(this GatewayDbContext db, Account account, TimeProvider clock, CancellationToken cancellationToken)
    {
        var seen = account.UpdatedAtUtc;
        var now = clock.UtcNowMicroseconds();
        account.UpdatedAtUtc = now > seen ? now : seen.AddMicroseconds(1);
        return await db.Accounts.Existing()
            .Where(row => row.Id == account.Id && row.UpdatedAtUtc == seen && row.CredentialVersion == account.CredentialVersion)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.UpdatedAtUtc, account.UpdatedAtUtc), cancellationToken) == 1;
    }

    /// <summary>Gives an account that has an id other credentials. The caller saves.</summary>
    public static void SetCredentials(this Account account, AccountCredentials credentials, PlatformCatalogue catalogue, SecretBox box)
    {
        account.CredentialsEncrypted = credentials.Seal(box, account.Id);
        account.CredentialVersion++;
        account.CredentialsHint = catalogue[account.Platform].KindOf(credentials).HintOf(credentials);
        account.TokenExpiresAtUtc = credentials.FindTime(CredentialFields.ExpiresAt);
    }

    public static GatewayError Busy() => GatewayError.Conflict("The account is being changed by many at the same time. Try again.", "stale");

    /// <summary>A budget as it is stored: 0 means none, as null does.</summary>
    public static long? Budget(decimal? usd) => usd is > 0 ? Money.ToNanoUsd(usd.Value) : null;

    public static GatewayError NotFound(long id) => GatewayError.NotFound($"There is no account {id}.");

    public static GatewayError NameTaken(string name) => GatewayError.Conflict($"There is already an account named '{name}'.");
}
