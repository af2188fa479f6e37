using Carter;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Pipeline;
using MediatR;

namespace Gateway.Features.Usage.ListDailyUsage;

internal sealed class ListDailyUsageEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/usage/daily", Handle).WithName("ListDailyUsage").WithTags("Usage").RefuseUnknownQuery<ListDailyUsageRequest>();

    /// <inheritdoc cref="ListDailyUsageRequest" path="/summary"/>
    public static async Task<Reply<PagedList<DailyUsageView>>> Handle(
        [AsParameters] ListDailyUsageRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
