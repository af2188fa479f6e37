using Carter;
using MediatR;

namespace Gateway.Features.ApiKeys.CreateApiKey;

internal sealed class CreateApiKeyEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/api/admin/api-keys", Handle).WithName("CreateApiKey").WithTags("ApiKeys");

    /// <inheritdoc cref="CreateApiKeyRequest"/>
    public static async Task<Reply<ApiKeyWithSecret>> Handle(CreateApiKeyRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
