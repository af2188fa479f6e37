using Carter;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats.OpenAiChat;
using MediatR;

namespace Gateway.Features.ChatCompletions.ProxyChatCompletion;

internal sealed class ProxyChatCompletionEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapPost("/v1/chat/completions", Handle).WithName("ProxyChatCompletion").AsProxyRoute();

    /// <summary>OpenAI Chat Completions: send and receive what OpenAI's API reference describes, with an API key of this gateway.</summary>
    public static async Task Handle(HttpContext http, OpenAiChatFormat format, IMediator mediator)
    {
        var reply = await mediator.Send(new ProxyChatCompletionRequest(http, format), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
