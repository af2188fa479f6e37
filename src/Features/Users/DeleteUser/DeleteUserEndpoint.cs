using Carter;
using MediatR;

namespace Gateway.Features.Users.DeleteUser;

internal sealed class DeleteUserEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapDelete("/api/admin/users/{id:long}", Handle).WithName("DeleteUser").WithTags("Users");

    /// <inheritdoc cref="DeleteUserRequest" path="/summary"/>
    /// <param name="id">Identifier of the user.</param>
    public static async Task<Reply<Nothing>> Handle(long id, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new DeleteUserRequest(id), cancellationToken);
}
