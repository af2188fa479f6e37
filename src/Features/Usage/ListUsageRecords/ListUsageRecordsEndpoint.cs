using Carter;
using Gateway.Infrastructure.Pipeline;
using MediatR;

namespace Gateway.Features.Usage.ListUsageRecords;

internal sealed class ListUsageRecordsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/usage/records", Handle).WithName("ListUsageRecords").WithTags("Usage").RefuseUnknownQuery<ListUsageRecordsRequest>();

    /// <inheritdoc cref="ListUsageRecordsRequest" path="/summary"/>
    public static async Task<UsageRecordsReply> Handle(
        [AsParameters] ListUsageRecordsRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        new(request, await mediator.Send(request, cancellationToken), next => mediator.Send(next, cancellationToken));
}
