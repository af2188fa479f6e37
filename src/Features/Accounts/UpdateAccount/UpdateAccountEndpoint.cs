using System.ComponentModel;
using Carter;
using Gateway.Infrastructure;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Gateway.Features.Accounts.UpdateAccount;

internal sealed class UpdateAccountEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPut("/api/admin/accounts/{id:long}", Handle).WithName("UpdateAccount").WithTags("Accounts");

    /// <inheritdoc cref="UpdateAccountRequest" path="/summary"/>
    /// <param name="id">Identifier of the account.</param>
    public static async Task<Reply<AccountView>> Handle(
        long id,
        UpdateAccountRequest request,
        [FromHeader(Name = "If-Match"), Description(IfMatch.Description)] string? ifMatch,
        IMediator mediator,
        CancellationToken cancellationToken) =>
        await mediator.Send(request with { Id = id, IfMatch = ifMatch }, cancellationToken);
}
