using Gateway.Infrastructure.Auth;
using MediatR;

namespace Gateway.Features.Auth.GetMe;

/// <summary>Tells who is logged in.</summary>
public sealed record GetMeRequest : IRequest<Result<UserInfo>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.User;
}
