using Carter;
using MediatR;

namespace Gateway.Features.Users.GetUser;

internal sealed class GetUserEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/users/{id:long}", Handle).WithName("GetUser").WithTags("Users");

    /// <inheritdoc cref="GetUserRequest" path="/summary"/>
    /// <param name="id">Identifier of the user.</param>
    public static async Task<Reply<UserView>> Handle(long id, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new GetUserRequest(id), cancellationToken);
}
