using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.Claude;
using MediatR;

namespace Gateway.Features.Messages.CountTokens;

/// <summary>How many tokens a Claude message would have. Not billed, and its failures bench no account.</summary>
internal sealed record CountTokensRequest(HttpContext Http, ClaudeFormat Claude) : IRequest<ProxyReply>, IRequireApiKey
{
    public ClientFormat Format => Claude;
}
