using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.GeminiContents.CountContentTokens;

/// <summary>How many tokens a Gemini client's request would have. Not billed, and its failures bench no account.</summary>
internal sealed record CountContentTokensRequest(HttpContext Http, ClientFormat Format, string Model) : IRequest<ProxyReply>, IRequireApiKey
{
    public bool AcceptsKeyInQuery => true;
}
