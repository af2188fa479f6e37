using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.GeminiContents.EmbedContent;

/// <summary>The vector of a text for a Gemini client, by whichever account serves the model.</summary>
internal sealed record EmbedContentRequest(HttpContext Http, ClientFormat Format, string Model) : IRequest<ProxyReply>, IRequireApiKey
{
    public bool AcceptsKeyInQuery => true;
}
