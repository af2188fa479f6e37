using Gateway.Infrastructure;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
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

    /// <summary>A budget as it is stored: 0 means none, as null does.</summary>
    public static long? Budget(decimal? usd) => usd is > 0 ? Money.ToNanoUsd(usd.Value) : null;

    public static GatewayError NotFound(long id) => GatewayError.NotFound($"There is no account {id}.");

    public static GatewayError NameTaken(string name) => GatewayError.Conflict($"There is already an account named '{name}'.");
}
