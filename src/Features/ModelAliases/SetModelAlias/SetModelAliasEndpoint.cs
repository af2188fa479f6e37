using Carter;
using Gateway.Infrastructure.Http;
using MediatR;

namespace Gateway.Features.ModelAliases.SetModelAlias;

internal sealed class SetModelAliasEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPut("/api/admin/model-aliases/{**alias}", Handle).WithName("SetModelAlias").WithTags("ModelAliases");

    /// <inheritdoc cref="SetModelAliasRequest" path="/summary"/>
    /// <param name="alias">The name, 1 to 200 characters; slashes come raw or as %2F.</param>
    public static async Task<Reply<ModelAliasView>> Handle(
        string alias, SetModelAliasRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request with { Alias = ModelInPath.Decode(alias) }, cancellationToken);
}
