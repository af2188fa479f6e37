using Carter;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Pipeline;
using MediatR;

namespace Gateway.Features.ApiKeys.ListApiKeys;

internal sealed class ListApiKeysEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/api-keys", Handle).WithName("ListApiKeys").WithTags("ApiKeys").RefuseUnknownQuery<ListApiKeysRequest>();

    /// <inheritdoc cref="ListApiKeysRequest" path="/summary"/>
    public static async Task<Reply<PagedList<ApiKeyView>>> Handle(
        [AsParameters] ListApiKeysRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
