using Carter;
using MediatR;

namespace Gateway.Features.Auth.ChangePassword;

internal sealed class ChangePasswordEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPut("/api/auth/password", Handle).WithName("ChangePassword").WithTags("Auth");

    /// <inheritdoc cref="ChangePasswordRequest" path="/summary"/>
    public static async Task<Reply<ChangePasswordResponse>> Handle(
        ChangePasswordRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request, cancellationToken);
}
