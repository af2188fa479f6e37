using Carter;
using Gateway.Infrastructure.Http;
using Gateway.Infrastructure.OpenApi;
using Gateway.Proxy.Formats.OpenAiChat;
using MediatR;

namespace Gateway.Features.ChatCompletions.ProxyChatCompletion;

internal sealed class ProxyChatCompletionEndpoint : ICarterModule
{
    private const string Operation = "/chat/completions";

    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/chat/completions", Handle).WithName("ProxyChatCompletion").AsProxyRoute();

        // Where Azure's clients call.
        app.MapPost("/openai/v1/chat/completions", Handle).WithName("ProxyChatCompletionAtAzure").AsProxyRoute();
        app.MapPost($"/openai/deployments/{{deployment}}{Operation}", HandleDeployment).WithName("ProxyChatCompletionAtDeployment").AsProxyRoute();

        // A name with a raw slash is several segments.
        app.MapPost($"/openai/deployments/{{**deployment:{PathEndConstraint.Name}({Operation})}}", HandleDeployment).ExcludeFromDescription().AsProxyRoute();
    }

    /// <summary>OpenAI Chat Completions: send and receive what OpenAI's API reference describes, with an API key of this gateway.</summary>
    public static Task Handle(HttpContext http, OpenAiChatFormat format, IMediator mediator) => SendAsync(http, format, null, mediator);

    /// <summary>The same for Azure clients that name the model in the address, as a deployment.</summary>
    public static Task HandleDeployment(string deployment, HttpContext http, OpenAiChatFormat format, IMediator mediator) =>
        SendAsync(http, format, ModelInPath.Decode(deployment, Operation), mediator);

    private static async Task SendAsync(HttpContext http, OpenAiChatFormat format, string? deployment, IMediator mediator)
    {
        var reply = await mediator.Send(new ProxyChatCompletionRequest(http, format, deployment), http.RequestAborted);
        await reply.WriteIfFailedAsync(http, format);
    }
}
