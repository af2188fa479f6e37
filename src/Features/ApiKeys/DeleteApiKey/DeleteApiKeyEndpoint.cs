using Carter;
using MediatR;

namespace Gateway.Features.ApiKeys.DeleteApiKey;

internal sealed class DeleteApiKeyEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapDelete("/api/admin/api-keys/{id:long}", Handle).WithName("DeleteApiKey").WithTags("ApiKeys");

    /// <inheritdoc cref="DeleteApiKeyRequest" path="/summary"/>
    /// <param name="id">Identifier of the key.</param>
    public static async Task<Reply<Nothing>> Handle(long id, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new DeleteApiKeyRequest(id), cancellationToken);
}
