using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Auth.Logout;

/// <summary>Ends the token that this call carries, on every instance at once.</summary>
public sealed record LogoutRequest : IRequest<Result<Nothing>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.User;
}
