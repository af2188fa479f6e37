using Carter;
using MediatR;

namespace Gateway.Features.Auth.Login;

internal sealed class LoginEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/api/auth/login", Handle).WithName("Login").WithTags("Auth").AllowAnonymous();

    /// <inheritdoc cref="LoginRequest" path="/summary"/>
    public static async Task<Reply<LoginResponse>> Handle(LoginRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
