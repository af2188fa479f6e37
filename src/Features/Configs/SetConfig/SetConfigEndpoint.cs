using Carter;
using MediatR;

namespace Gateway.Features.Configs.SetConfig;

internal sealed class SetConfigEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPut("/api/admin/configs/{key}", Handle).WithName("SetConfig").WithTags("Configs");

    /// <inheritdoc cref="SetConfigRequest" path="/summary"/>
    /// <param name="key">Name of the setting.</param>
    public static async Task<Reply<ConfigItem>> Handle(
        string key, SetConfigRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request with { Key = key }, cancellationToken);
}
