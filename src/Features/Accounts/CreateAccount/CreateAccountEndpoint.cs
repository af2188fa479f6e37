using Carter;
using MediatR;

namespace Gateway.Features.Accounts.CreateAccount;

internal sealed class CreateAccountEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/api/admin/accounts", Handle).WithName("CreateAccount").WithTags("Accounts");

    /// <inheritdoc cref="CreateAccountRequest" path="/summary"/>
    public static async Task<Reply<AccountView>> Handle(CreateAccountRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
