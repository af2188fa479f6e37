using Gateway.Proxy;
using Gateway.Proxy.Access;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.GeminiContents.StreamGenerateContent;

/// <summary>An answer of a model to a Gemini client, piece by piece, by whichever account serves the model.</summary>
internal sealed record StreamGenerateContentRequest(HttpContext Http, ClientFormat Format, string Model) : IRequest<ProxyReply>, IRequireApiKey
{
    public bool AcceptsKeyInQuery => true;
}
