using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.OpenAiResponses;
using MediatR;

namespace Gateway.Features.Responses.CompactResponse;

/// <summary>A conversation made shorter. Billed like a response.</summary>
internal sealed record CompactResponseRequest(HttpContext Http, ResponsesFormat Responses) : IRequest<ProxyReply>, IRequireApiKey
{
    public ClientFormat Format => Responses;
}
