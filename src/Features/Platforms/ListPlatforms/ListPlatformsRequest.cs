using Gateway.Infrastructure.Auth;
using Gateway.Proxy.Platforms;
using MediatR;

namespace Gateway.Features.Platforms.ListPlatforms;

/// <summary>Lists the platforms that accounts can be registered at, with the fields of their forms.</summary>
public sealed record ListPlatformsRequest : IRequest<Result<PlatformDescription[]>>, IRequireRole
{
    static Role IRequireRole.LeastRole => Role.Admin;
}
