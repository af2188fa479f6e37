using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.OpenAiResponses;
using MediatR;

namespace Gateway.Features.Responses.GetResponse;

/// <summary>A response that its platform keeps.</summary>
internal sealed record GetResponseRequest(HttpContext Http, ResponsesFormat Responses, string ResponseId) : IRequest<ProxyReply>, IRequireApiKey
{
    public ClientFormat Format => Responses;
}
