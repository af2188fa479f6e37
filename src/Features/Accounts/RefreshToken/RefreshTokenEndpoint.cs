using Carter;
using MediatR;

namespace Gateway.Features.Accounts.RefreshToken;

internal sealed class RefreshTokenEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/api/admin/accounts/{id:long}/refresh-token", Handle).WithName("RefreshToken").WithTags("Accounts");

    /// <inheritdoc cref="RefreshTokenRequest" path="/summary"/>
    /// <param name="id">Identifier of the account.</param>
    public static async Task<Reply<AccountView>> Handle(long id, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new RefreshTokenRequest(id), cancellationToken);
}
