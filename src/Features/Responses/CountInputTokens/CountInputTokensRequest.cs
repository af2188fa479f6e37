using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Formats.OpenAiResponses;
using MediatR;

namespace Gateway.Features.Responses.CountInputTokens;

/// <summary>How many input tokens a response would have. Not billed.</summary>
internal sealed record CountInputTokensRequest(HttpContext Http, ResponsesFormat Responses) : IRequest<ProxyReply>, IRequireApiKey
{
    public ClientFormat Format => Responses;
}
