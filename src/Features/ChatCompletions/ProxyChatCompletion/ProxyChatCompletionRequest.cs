using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.OpenAiChat;
using MediatR;

namespace Gateway.Features.ChatCompletions.ProxyChatCompletion;

/// <summary>An OpenAI chat completion, streamed or not, by whichever account serves the model.</summary>
/// <param name="Deployment">The model, when the address names it; null: the body does.</param>
internal sealed record ProxyChatCompletionRequest(HttpContext Http, OpenAiChatFormat OpenAi, string? Deployment) : IRequest<ProxyReply>, IRequireApiKey
{
    public ClientFormat Format => OpenAi;
}
