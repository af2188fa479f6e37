using System.ComponentModel;
using Carter;
using Gateway.Infrastructure;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Features.ApiKeys.UpdateApiKey;

internal sealed class UpdateApiKeyEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPut("/api/admin/api-keys/{id:long}", Handle).WithName("UpdateApiKey").WithTags("ApiKeys");

    /// <inheritdoc cref="UpdateApiKeyRequest" path="/summary"/>
    /// <param name="id">Identifier of the key.</param>
    public static async Task<Reply<ApiKeyView>> Handle(
        long id,
        UpdateApiKeyRequest request,
        [FromHeader(Name = "If-Match"), Description(IfMatch.Description)] string? ifMatch,
        IMediator mediator,
        CancellationToken cancellationToken) =>
        await mediator.Send(request with { Id = id, IfMatch = ifMatch }, cancellationToken);
}
