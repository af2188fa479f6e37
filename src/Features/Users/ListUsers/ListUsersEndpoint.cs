using Carter;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Pipeline;
using MediatR;

namespace Gateway.Features.Users.ListUsers;

internal sealed class ListUsersEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/users", Handle).WithName("ListUsers").WithTags("Users").RefuseUnknownQuery<ListUsersRequest>();

    /// <inheritdoc cref="ListUsersRequest" path="/summary"/>
    public static async Task<Reply<PagedList<UserView>>> Handle([AsParameters] ListUsersRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
