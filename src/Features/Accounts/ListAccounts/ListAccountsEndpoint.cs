using Carter;
using Gateway.Infrastructure.Paging;
using Gateway.Infrastructure.Pipeline;
using MediatR;

namespace Gateway.Features.Accounts.ListAccounts;

internal sealed class ListAccountsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/accounts", Handle).WithName("ListAccounts").WithTags("Accounts").RefuseUnknownQuery<ListAccountsRequest>();

    /// <inheritdoc cref="ListAccountsRequest" path="/summary"/>
    public static async Task<Reply<PagedList<AccountView>>> Handle(
        [AsParameters] ListAccountsRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
