using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Persistence;
using Gateway.Infrastructure.Persistence.Entities;
using Gateway.Proxy.Metering.Queries;
using Gateway.Proxy.Metering.Store;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace Gateway.Features.Usage.ListUsageRecords;

internal sealed class ListUsageRecordsHandler(RequestList requests, GatewayDbContext db, ICurrentUser user)
    : IRequestHandler<ListUsageRecordsRequest, Result<CursorList<UsageRecordView>>>
{
    public async Task<Result<CursorList<UsageRecordView>>> Handle(ListUsageRecordsRequest request, CancellationToken cancellationToken)
    {
        if (request.RefuseTo(user) is { } refusal)
        {
            return refusal;
        }

        var filter = request.Filter(user).And(ExactFilter.Of("status", request.Status, ended => ended.Usage?.Status));
        if (!RequestListQuery.TryMake(filter, request.Range(), request.Cursor, request.Most, out var query))
        {
            return RequestListQuery.BadCursor;
        }

        var page = await requests.RecordsAsync(query, cancellationToken);
        var corrections = await CorrectionsAsync(page.Items, cancellationToken);
        return new CursorList<UsageRecordView>(
            [.. page.Items.Select(record => UsageRecordView.Of(record, corrections.GetValueOrDefault(RequestKey.ToGuid(record.RequestId)), user.IsAdmin))],
            query.CursorBehind(page.Last));
    }

    private async Task<Dictionary<Guid, PriceCorrection>> CorrectionsAsync(IReadOnlyList<UsageRecord> records, CancellationToken cancellationToken)
    {
        var ids = records.Select(record => record.RequestId).ToList();
        var adjustments = await db.UsageAdjustments.AsNoTracking().Where(row => ids.Contains(row.RequestId)).ToListAsync(cancellationToken);
        return adjustments.GroupBy(row => RequestKey.ToGuid(row.RequestId)).ToDictionary(rows => rows.Key, rows => new PriceCorrection(
            rows.Sum(row => row.DeltaCostNanoUsd), rows.Sum(row => row.DeltaBilledNanoUsd), rows.MaxBy(row => row.Id)!.PriceVersion));
    }
}
