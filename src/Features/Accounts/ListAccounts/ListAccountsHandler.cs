using Gateway.Infrastructure;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Secrets;
using Gateway.Proxy.Scheduling;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Accounts.ListAccounts;

internal sealed class ListAccountsHandler(GatewayDbContext db, IAccountHealth health, SecretBox box)
    : IRequestHandler<ListAccountsRequest, Result<PagedList<AccountView>>>
{
    public async Task<Result<PagedList<AccountView>>> Handle(ListAccountsRequest request, CancellationToken cancellationToken)
    {
        var rows = Filter(request);
        if (!string.IsNullOrEmpty(request.Status))
        {
            var matching = await WithStatusAsync(rows, request.Status, cancellationToken);
            rows = rows.Where(row => matching.Contains(row.Id));
        }

        var total = await rows.LongCountAsync(cancellationToken);
        var page = await rows.OrderByDescending(row => row.Id).PageOf(request).ToListAsync(cancellationToken);
        var known = await health.ReadAsync([.. page.Select(row => row.Id)], cancellationToken);
        var items = page.Select(row => AccountView.Of(row, known.GetValueOrDefault(row.Id, AccountHealth.Idle), box));
        return new PagedList<AccountView>([.. items], total, request.Page, request.PageSize);
    }

    private IQueryable<Account> Filter(ListAccountsRequest request)
    {
        var rows = db.Accounts.AsNoTracking().Existing();
        if (PlatformNames.TryParse(request.Platform, out var platform))
        {
            rows = rows.Where(row => row.Platform == platform);
        }

        if (request.Group is { Length: > 0 } group)
        {
            rows = rows.Where(row => row.Group == group);
        }

        if (request.Enabled is { } enabled)
        {
            rows = rows.Where(row => row.Enabled == enabled);
        }

        if (!string.IsNullOrEmpty(request.Search))
        {
            // SQLite lowers ASCII letters only: the second comparison finds other scripts as they were written.
            var text = request.Search;
            var lower = text.ToLowerInvariant();
#pragma warning disable CA1862 // A StringComparison has no translation to SQL.
            rows = rows.Where(row => row.Name.ToLower().Contains(lower) || row.Name.Contains(text));
#pragma warning restore CA1862
        }

        return rows;
    }

    /// <summary>Half of a status is known to the scheduler alone, so the database cannot filter by it; accounts are few.</summary>
    private async Task<List<long>> WithStatusAsync(IQueryable<Account> rows, string status, CancellationToken cancellationToken)
    {
        var marks = await rows.Select(row => new { row.Id, row.Enabled, row.StatusReason }).ToListAsync(cancellationToken);
        var known = await health.ReadAsync([.. marks.Select(mark => mark.Id)], cancellationToken);
        return [.. marks
            .Where(mark => AccountStatus.Of(mark.Enabled, mark.StatusReason, known.GetValueOrDefault(mark.Id, AccountHealth.Idle)) == status)
            .Select(mark => mark.Id)];
    }
}
