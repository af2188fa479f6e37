using Carter;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Pipeline;
using MediatR;

namespace Gateway.Features.Configs.ListConfigs;

internal sealed class ListConfigsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/configs", Handle).WithName("ListConfigs").WithTags("Configs").RefuseUnknownQuery<ListConfigsRequest>();

    /// <inheritdoc cref="ListConfigsRequest" path="/summary"/>
    public static async Task<Reply<PagedList<ConfigItem>>> Handle(
        [AsParameters] ListConfigsRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
