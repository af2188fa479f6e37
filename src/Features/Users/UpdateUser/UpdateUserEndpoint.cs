using System.ComponentModel;
using Carter;
using Gateway.Infrastructure;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Features.Users.UpdateUser;

internal sealed class UpdateUserEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPut("/api/admin/users/{id:long}", Handle).WithName("UpdateUser").WithTags("Users");

    /// <inheritdoc cref="UpdateUserRequest" path="/summary"/>
    /// <param name="id">Identifier of the user.</param>
    public static async Task<Reply<UserView>> Handle(
        long id,
        UpdateUserRequest request,
        [FromHeader(Name = "If-Match"), Description(IfMatch.Description)] string? ifMatch,
        IMediator mediator,
        CancellationToken cancellationToken) =>
        await mediator.Send(request with { Id = id, IfMatch = ifMatch }, cancellationToken);
}
