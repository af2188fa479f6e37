using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Claude;
using MediatR;

namespace Gateway.Features.Messages.ProxyMessage;

/// <summary>A Claude message, streamed or not, by whichever account serves the model.</summary>
internal sealed record ProxyMessageRequest(HttpContext Http, ClaudeFormat Claude) : IRequest<ProxyReply>, IRequireApiKey
{
    public ClientFormat Format => Claude;
}
