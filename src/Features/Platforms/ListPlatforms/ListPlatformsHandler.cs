using Gateway.Proxy.Platforms;
using MediatR;

namespace Gateway.Features.Platforms.ListPlatforms;

internal sealed class ListPlatformsHandler(PlatformCatalogue catalogue) : IRequestHandler<ListPlatformsRequest, Result<PlatformDescription[]>>
{
    public Task<Result<PlatformDescription[]>> Handle(ListPlatformsRequest request, CancellationToken cancellationToken) =>
        Task.FromResult<Result<PlatformDescription[]>>(catalogue.All.ToArray());
}
