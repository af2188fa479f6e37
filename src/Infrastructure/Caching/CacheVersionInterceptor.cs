using System.Data.Common;
using Gateway.Infrastructure.Persistence.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Gateway.Infrastructure.Caching;

/// <summary>
/// Gives a cached area a new version in the same transaction as the change itself, and refreshes this instance before the caller goes on:
/// whoever changed something sees it at once here, and within the polling interval everywhere else.
/// </summary>
internal sealed class CacheVersionInterceptor(CacheRefresher refresher) : DbTransactionInterceptor, ISaveChangesInterceptor
{
    public ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        var context = eventData.Context!;
        var areas = context.ChangeTracker.Entries()
            .Where(entry => entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted)
            .Select(entry => CacheArea.Of(entry.Entity))
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        foreach (var area in areas.Order(StringComparer.Ordinal))
        {
            context.Touch(area);
        }

        return ValueTask.FromResult(result);
    }

    public async ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context!.Database.CurrentTransaction is null)
        {
            await RefreshAsync(eventData.Context);
        }

        return result;
    }

    public override async Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is { } context)
        {
            await RefreshAsync(context);
        }
    }

    // The change stands by now. Neither a caller who left nor a database that went away may make it look as if it did not.
    private async Task RefreshAsync(DbContext context)
    {
        if (context.ChangeTracker.Entries<CacheVersion>().Any())
        {
            await refresher.TryRefreshAsync(CancellationToken.None);
        }
    }
}
