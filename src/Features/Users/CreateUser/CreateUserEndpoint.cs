using Carter;
using MediatR;

namespace Gateway.Features.Users.CreateUser;

internal sealed class CreateUserEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/api/admin/users", Handle).WithName("CreateUser").WithTags("Users");

    /// <inheritdoc cref="CreateUserRequest" path="/summary"/>
    public static async Task<Reply<UserView>> Handle(CreateUserRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
