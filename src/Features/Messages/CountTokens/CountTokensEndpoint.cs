using Carter;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats.Claude;
using MediatR;

namespace Gateway.Features.Messages.CountTokens;

internal sealed class CountTokensEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/v1/messages/count_tokens", Handle).WithName("CountTokens").AsProxyRoute();

    /// <summary>Claude token count: send and receive what Anthropic's API reference describes, with an API key of this gateway.</summary>
    public static async Task Handle(HttpContext http, ClaudeFormat format, IMediator mediator)
    {
        var reply = await mediator.Send(new CountTokensRequest(http, format), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
