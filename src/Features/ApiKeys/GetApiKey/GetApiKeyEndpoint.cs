using Carter;
using MediatR;

namespace Gateway.Features.ApiKeys.GetApiKey;

internal sealed class GetApiKeyEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/api-keys/{id:long}", Handle).WithName("GetApiKey").WithTags("ApiKeys");

    /// <inheritdoc cref="GetApiKeyRequest" path="/summary"/>
    /// <param name="id">Identifier of the key.</param>
    public static async Task<Reply<ApiKeyView>> Handle(long id, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new GetApiKeyRequest(id), cancellationToken);
}
