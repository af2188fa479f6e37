using Gateway.Proxy;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using MediatR;

namespace Gateway.Features.GeminiContents.BatchEmbedContents;

internal sealed class BatchEmbedContentsHandler(Forwarder forwarder) : IRequestHandler<BatchEmbedContentsRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(BatchEmbedContentsRequest request, CancellationToken cancellationToken)
    {
        await forwarder.ForwardAsync(request.Http, request.Format, Operation.Embed, "/v1beta/models/{model}:batchEmbedContents", new AddressedModel(request.Model));
        return ProxyReply.Done;
    }
}
