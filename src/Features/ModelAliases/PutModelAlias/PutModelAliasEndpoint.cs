using Carter;
using MediatR;

namespace Gateway.Features.ModelAliases.PutModelAlias;

internal sealed class PutModelAliasEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPut("/api/admin/model-aliases/{**alias}", Handle).WithName("PutModelAlias").WithTags("ModelAliases");

    /// <inheritdoc cref="PutModelAliasRequest" path="/summary"/>
    /// <param name="alias">The name, 1 to 200 characters; slashes come raw or as %2F.</param>
    public static async Task<Reply<ModelAliasView>> Handle(
        string alias, PutModelAliasRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request with { Alias = AliasName.DecodeSlashes(alias) }, cancellationToken);
}
