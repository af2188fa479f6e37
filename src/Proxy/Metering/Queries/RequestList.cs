using System.Diagnostics.CodeAnalysis;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Infrastructure.Time;
using Gateway.Proxy.Metering.Store;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Proxy.Metering.Queries;

/// <summary>Which part of a list of requests to read.</summary>
/// <param name="Before">Only requests older than this one; null: from the newest.</param>
/// <param name="Most">The most rows to return.</param>
internal sealed record RequestListQuery(UsageFilter Filter, TimeRange Range, Guid? Before, int Most)
{
    public static readonly GatewayError BadCursor = GatewayError.Invalid("cursor", "Must be the next_cursor of a page with the same filters.");

    /// <param name="cursor">Where the page before ended; null: there was none.</param>
    /// <param name="query">The query; null when the cursor does not belong to it.</param>
    public static bool TryMake(UsageFilter filter, TimeRange range, string? cursor, int most, [NotNullWhen(true)] out RequestListQuery? query)
    {
        Guid last = default;
        var isGood = cursor is null || Cursor.TryRead(cursor, filter.Fingerprint(range), out last);
        query = isGood ? new RequestListQuery(filter, range, cursor is null ? null : last, most) : null;
        return isGood;
    }

    /// <summary>The cursor of the page that follows a row.</summary>
    public string? CursorBehind(Guid? last) => last is { } id ? Cursor.Write(id, Filter.Fingerprint(Range)) : null;

    /// <summary>Whether a request stands behind the pages before.</summary>
    public bool IsAhead(EndedRequest request) => Before is not { } before || request.RequestId.CompareTo(before) < 0;
}

/// <summary>Reads requests newest first, synced or not, each once.</summary>
/// <remarks>
/// Needs no snapshot of several statements: one page of the database is a stretch of ids without gaps, so a queued request that belongs into that
/// stretch and is in the database too is on the page itself. The queue is read first, so that nothing can leave it unseen.
/// </remarks>
internal sealed class RequestList(UnsyncedUsage unsynced, GatewayDbContext db)
{
    /// <summary>Records of requests that reached an upstream.</summary>
    public Task<CursorPage<UsageRecord>> RecordsAsync(RequestListQuery query, CancellationToken cancellationToken) => ReadAsync(
        "usage_records", db.UsageRecords, record => record.RequestId, request => request.Usage is null ? null : request.ToRecord(), query, cancellationToken);

    /// <summary>Logs of all requests that had a valid key.</summary>
    public Task<CursorPage<RequestLog>> LogsAsync(RequestListQuery query, CancellationToken cancellationToken) => ReadAsync(
        "request_logs", db.RequestLogs, log => log.RequestId, request => request.ToLog(), query, cancellationToken);

    private async Task<CursorPage<T>> ReadAsync<T>(
        string table, DbSet<T> rows, Func<T, byte[]> idOf, Func<EndedRequest, T?> toRow, RequestListQuery query, CancellationToken cancellationToken)
        where T : class
    {
        var queued = (await unsynced.ReadAsync(query.Filter, query.Range)).Where(query.IsAhead).Select(toRow).OfType<T>();
        var sql = Select(table, query);
        var stored = await rows.FromSqlRaw(sql.Text, [.. sql.ParametersFor(db.Database.GetDbConnection())]).AsNoTracking().ToListAsync(cancellationToken);

        // One row more than asked for tells whether there is another page.
        var found = stored.Concat(queued).Select(row => (Id: RequestKey.ToGuid(idOf(row)), Row: row))
            .DistinctBy(entry => entry.Id).OrderByDescending(entry => entry.Id).Take(query.Most + 1).ToList();
        return found.Count > query.Most
            ? new CursorPage<T>([.. found.Take(query.Most).Select(entry => entry.Row)], found[query.Most - 1].Id)
            : new CursorPage<T>([.. found.Select(entry => entry.Row)], null);
    }

    private static SqlText Select(string table, RequestListQuery query)
    {
        var sql = new SqlText();
        var during = query.Range == TimeRange.Always ? "" : $" AND {RequestTimes.During(sql, query.Range)}";
        var before = query.Before is { } id ? $" AND s.request_id < {sql.Value(id)}" : "";
        sql.Text = $"SELECT s.* FROM {table} AS s WHERE TRUE{during}{before}{query.Filter.OnRequests(sql)} ORDER BY s.request_id DESC LIMIT {query.Most + 1}";
        return sql;
    }
}
