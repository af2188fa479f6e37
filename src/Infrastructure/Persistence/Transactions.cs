using System.Data;
using Gateway.Infrastructure.Persistence.Entities;
using Microsoft.EntityFrameworkCore;
using MySqlConnector;

namespace Gateway.Infrastructure.Persistence;

/// <summary>Use cases that read, decide and write as if nobody else did meanwhile.</summary>
internal static class Transactions
{
    private const int MostAttempts = 4;

    /// <summary>Runs a use case in one transaction: committed when it succeeds, rolled back when it fails, and run again as a whole when a deadlock ended it.</summary>
    /// <remarks>
    /// Lock the row that the decision hangs on first (<c>LockAsync</c>): read committed sees on MySQL what others committed before the lock was granted.
    /// SQLite has one writer at a time, from a transaction's start to its end.
    /// </remarks>
    public static async Task<Result<T>> InTransactionAsync<T>(this GatewayDbContext db, Func<Task<Result<T>>> useCase, CancellationToken cancellationToken)
        where T : notnull
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var transaction = await WriteTransaction.BeginAsync(db, IsolationLevel.ReadCommitted, cancellationToken);
                var result = await useCase();
                if (result.Error is null)
                {
                    await transaction.CommitAsync(cancellationToken);
                }

                return result;
            }
            catch (Exception exception) when (attempt < MostAttempts && IsDeadlock(exception))
            {
                db.ChangeTracker.Clear();
            }
        }
    }

    /// <summary>Makes every other transaction that wants these rows wait for the end of this one.</summary>
    /// <returns>Whether there are such rows.</returns>
    public static Task<bool> LockAsync(this IQueryable<User> rows, CancellationToken cancellationToken) =>
        AnyAsync(rows.ExecuteUpdateAsync(set => set.SetProperty(user => user.Enabled, user => user.Enabled), cancellationToken));

    /// <inheritdoc cref="LockAsync(IQueryable{User}, CancellationToken)"/>
    public static Task<bool> LockAsync(this IQueryable<ApiKey> rows, CancellationToken cancellationToken) =>
        AnyAsync(rows.ExecuteUpdateAsync(set => set.SetProperty(key => key.Enabled, key => key.Enabled), cancellationToken));

    // An update that changes nothing locks as SELECT … FOR UPDATE does, and is the same statement on both databases.
    private static async Task<bool> AnyAsync(Task<int> update) => await update > 0;

    private static bool IsDeadlock(Exception exception) =>
        DatabaseFailure.Of(exception) is MySqlException { ErrorCode: MySqlErrorCode.LockDeadlock };
}
