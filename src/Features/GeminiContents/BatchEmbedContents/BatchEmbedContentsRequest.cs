using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.GeminiContents.BatchEmbedContents;

/// <summary>Vectors of texts for a Gemini client, by whichever account serves the model.</summary>
internal sealed record BatchEmbedContentsRequest(HttpContext Http, ClientFormat Format, string Model) : IRequest<ProxyReply>, IRequireApiKey
{
    public bool AcceptsKeyInQuery => true;
}
