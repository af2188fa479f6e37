using Carter;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.Usage.GetKeyUsage;

internal sealed class GetKeyUsageEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app.MapGet("/v1/usage", Handle).WithName("GetKeyUsage").AsProxyRoute();

    /// <summary>What the calling key has spent, and how far each of its limits is used: <c>used</c> by requests that have ended, <c>reserved</c> by requests under way, in the limit's measure (US dollars, requests, tokens).</summary>
    public static async Task Handle(HttpContext http, ModelClients clients, IMediator mediator)
    {
        var format = clients.FormatOf(http);
        var reply = await mediator.Send(new GetKeyUsageRequest(http, format), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
