using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.OpenAiResponses;
using MediatR;

namespace Gateway.Features.Responses.CancelResponse;

/// <summary>Cancels a response at its platform.</summary>
internal sealed record CancelResponseRequest(HttpContext Http, ResponsesFormat Responses, string ResponseId) : IRequest<ProxyReply>, IRequireApiKey
{
    public ClientFormat Format => Responses;
}
