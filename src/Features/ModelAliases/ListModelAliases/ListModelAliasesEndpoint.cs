using Carter;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Pipeline;
using MediatR;

namespace Gateway.Features.ModelAliases.ListModelAliases;

internal sealed class ListModelAliasesEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/model-aliases", Handle).WithName("ListModelAliases").WithTags("ModelAliases").RefuseUnknownQuery<ListModelAliasesRequest>();

    /// <inheritdoc cref="ListModelAliasesRequest" path="/summary"/>
    public static async Task<Reply<PagedList<ModelAliasView>>> Handle(
        [AsParameters] ListModelAliasesRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
