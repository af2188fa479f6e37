using Carter;
using MediatR;

namespace Gateway.Features.Configs.UpdateConfig;

internal sealed class UpdateConfigEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPut("/api/admin/configs/{key}", Handle).WithName("UpdateConfig").WithTags("Configs");

    /// <inheritdoc cref="UpdateConfigRequest" path="/summary"/>
    /// <param name="key">Name of the setting.</param>
    public static async Task<Reply<ConfigItem>> Handle(
        string key, UpdateConfigRequest request, IMediator mediator, CancellationToken cancellationToken) =>
        await mediator.Send(request with { Key = key }, cancellationToken);
}
