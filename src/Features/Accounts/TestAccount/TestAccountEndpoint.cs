using Carter;
using MediatR;

namespace Gateway.Features.Accounts.TestAccount;

internal sealed class TestAccountEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/api/admin/accounts/{id:long}/test", Handle).WithName("TestAccount").WithTags("Accounts");

    /// <inheritdoc cref="TestAccountRequest" path="/summary"/>
    /// <param name="id">Identifier of the account.</param>
    /// <param name="body">May be left out.</param>
    public static async Task<Reply<TestAccountResponse>> Handle(
        long id, TestAccountBody? body, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(new TestAccountRequest(id, body?.Model), cancellationToken);
}
