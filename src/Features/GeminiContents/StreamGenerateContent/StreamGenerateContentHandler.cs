using Gateway.Proxy;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using MediatR;

namespace Gateway.Features.GeminiContents.StreamGenerateContent;

internal sealed class StreamGenerateContentHandler(Forwarder forwarder) : IRequestHandler<StreamGenerateContentRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(StreamGenerateContentRequest request, CancellationToken cancellationToken)
    {
        await forwarder.ForwardAsync(
            request.Http, request.Format, Operation.Generate, "/v1beta/models/{model}:streamGenerateContent", new AddressedModel(request.Model, Stream: true));
        return ProxyReply.Done;
    }
}
