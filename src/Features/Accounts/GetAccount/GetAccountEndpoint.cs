using Carter;
using MediatR;

namespace Gateway.Features.Accounts.GetAccount;

internal sealed class GetAccountEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/api/admin/accounts/{id:long}", Handle).WithName("GetAccount").WithTags("Accounts");

    /// <inheritdoc cref="GetAccountRequest" path="/summary"/>
    /// <param name="id">Identifier of the account.</param>
    public static async Task<Reply<AccountView>> Handle(long id, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new GetAccountRequest(id), cancellationToken);
}
