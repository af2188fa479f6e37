using Gateway.Infrastructure.Auth;
using Gateway.Infrastructure.Paging;
using Gateway.Proxy.Metering.Queries;
using MediatR;

namespace Gateway.Features.RequestLogs.ListRequestLogs;

internal sealed class ListRequestLogsHandler(RequestList requests, ICurrentUser user)
    : IRequestHandler<ListRequestLogsRequest, Result<CursorList<RequestLogView>>>
{
    public async Task<Result<CursorList<RequestLogView>>> Handle(ListRequestLogsRequest request, CancellationToken cancellationToken)
    {
        if (request.RefuseTo(user) is { } refusal)
        {
            return refusal;
        }

        var filter = request.Filter(user).And(
        [
            .. ExactFilter.Of("http_status", request.HttpStatus, ended => ended.HttpStatus),
            .. ExactFilter.Of("error_kind", request.ErrorKind, ended => ended.ErrorKind),
            .. ExactFilter.Of("request_id", request.RequestId, ended => ended.RequestId),
        ]);
        if (!RequestListQuery.TryMake(filter, request.Range(), request.Cursor, request.Limit, out var query))
        {
            return RequestListQuery.BadCursor;
        }

        var page = await requests.LogsAsync(query, cancellationToken);
        return new CursorList<RequestLogView>([.. page.Items.Select(log => RequestLogView.Of(log, user.IsAdmin))], query.CursorBehind(page.Last));
    }
}
