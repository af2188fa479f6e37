using Carter;
using MediatR;

namespace Gateway.Features.Accounts.ExchangeCode;

internal sealed class ExchangeCodeEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/api/admin/accounts/oauth/exchange", Handle).WithName("ExchangeCode").WithTags("Accounts");

    /// <inheritdoc cref="ExchangeCodeRequest" path="/summary"/>
    public static async Task<Reply<AccountView>> Handle(ExchangeCodeRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
