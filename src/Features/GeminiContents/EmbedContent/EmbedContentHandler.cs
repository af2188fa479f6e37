using Gateway.Proxy;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using MediatR;

namespace Gateway.Features.GeminiContents.EmbedContent;

internal sealed class EmbedContentHandler(Forwarder forwarder) : IRequestHandler<EmbedContentRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(EmbedContentRequest request, CancellationToken cancellationToken)
    {
        await forwarder.ForwardAsync(request.Http, request.Format, Operation.Embed, "/v1beta/models/{model}:embedContent", new AddressedModel(request.Model));
        return ProxyReply.Done;
    }
}
