using Carter;
using MediatR;

namespace Gateway.Features.Auth.Logout;

internal sealed class LogoutEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/api/auth/logout", Handle).WithName("Logout").WithTags("Auth");

    /// <inheritdoc cref="LogoutRequest" path="/summary"/>
    public static async Task<Reply<Nothing>> Handle(IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new LogoutRequest(), cancellationToken);
}
