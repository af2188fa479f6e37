using Carter;
using MediatR;

namespace Gateway.Features.Auth.GetMe;

internal sealed class GetMeEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/auth/me", Handle).WithName("GetMe").WithTags("Auth");

    /// <inheritdoc cref="GetMeRequest" path="/summary"/>
    public static async Task<Reply<UserInfo>> Handle(IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new GetMeRequest(), cancellationToken);
}
