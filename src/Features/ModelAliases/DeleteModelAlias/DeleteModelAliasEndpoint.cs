using Carter;
using Gateway.Infrastructure.Http;
using MediatR;

namespace Gateway.Features.ModelAliases.DeleteModelAlias;

internal sealed class DeleteModelAliasEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapDelete("/api/admin/model-aliases/{**alias}", Handle).WithName("DeleteModelAlias").WithTags("ModelAliases");

    /// <inheritdoc cref="DeleteModelAliasRequest" path="/summary"/>
    /// <param name="alias">The name; slashes come raw or as %2F.</param>
    public static async Task<Reply<Nothing>> Handle(string alias, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new DeleteModelAliasRequest(ModelInPath.Decode(alias)), cancellationToken);
}
