using Gateway.Proxy;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.Embeddings.CreateEmbedding;

internal sealed class CreateEmbeddingHandler(Forwarder forwarder) : IRequestHandler<CreateEmbeddingRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(CreateEmbeddingRequest request, CancellationToken cancellationToken)
    {
        await forwarder.ForwardAsync(request.Http, request.Format, Operation.Embed, "/v1/embeddings");
        return ProxyReply.Done;
    }
}
