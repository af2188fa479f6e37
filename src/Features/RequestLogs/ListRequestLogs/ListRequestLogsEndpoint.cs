using Carter;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Pipeline;
using MediatR;

namespace Gateway.Features.RequestLogs.ListRequestLogs;

internal sealed class ListRequestLogsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/request-logs", Handle).WithName("ListRequestLogs").WithTags("RequestLogs").RefuseUnknownQuery<ListRequestLogsRequest>();

    /// <inheritdoc cref="ListRequestLogsRequest" path="/summary"/>
    public static async Task<Reply<CursorList<RequestLogView>>> Handle(
        [AsParameters] ListRequestLogsRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
