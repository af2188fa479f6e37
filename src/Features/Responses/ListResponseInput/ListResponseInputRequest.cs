using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.OpenAiResponses;
using MediatR;

namespace Gateway.Features.Responses.ListResponseInput;

/// <summary>What a response was made from.</summary>
internal sealed record ListResponseInputRequest(HttpContext Http, ResponsesFormat Responses, string ResponseId) : IRequest<ProxyReply>, IRequireApiKey
{
    public ClientFormat Format => Responses;
}
