using Carter;
using MediatR;

namespace Gateway.Features.Accounts.RecoverAccount;

internal sealed class RecoverAccountEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/api/admin/accounts/{id:long}/recover", Handle).WithName("RecoverAccount").WithTags("Accounts");

    /// <inheritdoc cref="RecoverAccountRequest" path="/summary"/>
    /// <param name="id">Identifier of the account.</param>
    public static async Task<Reply<AccountView>> Handle(long id, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new RecoverAccountRequest(id), cancellationToken);
}
