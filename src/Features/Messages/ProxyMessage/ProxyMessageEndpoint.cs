using Carter;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats.Claude;
using MediatR;

namespace Gateway.Features.Messages.ProxyMessage;

internal sealed class ProxyMessageEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/v1/messages", Handle).WithName("ProxyMessage").AsProxyRoute();

    /// <summary>Claude Messages: send and receive what Anthropic's API reference describes, with an API key of this gateway.</summary>
    public static async Task Handle(HttpContext http, ClaudeFormat format, IMediator mediator)
    {
        var reply = await mediator.Send(new ProxyMessageRequest(http, format), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
