using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.OpenAiResponses;
using MediatR;

namespace Gateway.Features.Responses.CreateResponse;

/// <summary>An OpenAI response, streamed or not, by whichever account serves the model.</summary>
internal sealed record CreateResponseRequest(HttpContext Http, ResponsesFormat Responses) : IRequest<ProxyReply>, IRequireApiKey
{
    public ClientFormat Format => Responses;
}
