using Carter;
using MediatR;

namespace Gateway.Features.Accounts.DeleteAccount;

internal sealed class DeleteAccountEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapDelete("/api/admin/accounts/{id:long}", Handle).WithName("DeleteAccount").WithTags("Accounts");

    /// <inheritdoc cref="DeleteAccountRequest" path="/summary"/>
    /// <param name="id">Identifier of the account.</param>
    public static async Task<Reply<Nothing>> Handle(long id, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new DeleteAccountRequest(id), cancellationToken);
}
