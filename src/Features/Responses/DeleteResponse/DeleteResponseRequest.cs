using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.OpenAiResponses;
using MediatR;

namespace Gateway.Features.Responses.DeleteResponse;

/// <summary>Deletes a response that its platform keeps.</summary>
internal sealed record DeleteResponseRequest(HttpContext Http, ResponsesFormat Responses, string ResponseId) : IRequest<ProxyReply>, IRequireApiKey
{
    public ClientFormat Format => Responses;
}
