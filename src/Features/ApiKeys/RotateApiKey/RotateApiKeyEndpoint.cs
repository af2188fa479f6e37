using Carter;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Gateway.Features.ApiKeys.RotateApiKey;

internal sealed class RotateApiKeyEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/api/admin/api-keys/{id:long}/rotate", Handle).WithName("RotateApiKey").WithTags("ApiKeys");

    /// <inheritdoc cref="RotateApiKeyRequest" path="/summary"/>
    /// <param name="id">Identifier of the key.</param>
    public static async Task<Reply<ApiKeyWithSecret>> Handle(
        long id, [FromBody(EmptyBodyBehavior = EmptyBodyBehavior.Allow)] RotateApiKeyRequest? request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send((request ?? new RotateApiKeyRequest()) with { Id = id }, cancellationToken);
}
