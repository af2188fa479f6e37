using Carter;
using MediatR;

namespace Gateway.Features.Accounts.CreateAuthorizeUrl;

internal sealed class CreateAuthorizeUrlEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/api/admin/accounts/oauth/authorize-url", Handle).WithName("CreateAuthorizeUrl").WithTags("Accounts");

    /// <inheritdoc cref="CreateAuthorizeUrlRequest" path="/summary"/>
    public static async Task<Reply<CreateAuthorizeUrlResponse>> Handle(CreateAuthorizeUrlRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
