using Gateway.Proxy;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using MediatR;

namespace Gateway.Features.Embeddings.CreateEmbedding;

internal sealed class CreateEmbeddingHandler(Forwarder forwarder) : IRequestHandler<CreateEmbeddingRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(CreateEmbeddingRequest request, CancellationToken cancellationToken)
    {
        var addressed = request.Deployment is { } deployment ? new AddressedModel(deployment) : null;
        await forwarder.ForwardAsync(request.Http, request.Format, Operation.Embed, "/v1/embeddings", addressed);
        return ProxyReply.Done;
    }
}
