using Gateway.Proxy;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using MediatR;

namespace Gateway.Features.GeminiContents.GenerateContent;

internal sealed class GenerateContentHandler(Forwarder forwarder) : IRequestHandler<GenerateContentRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(GenerateContentRequest request, CancellationToken cancellationToken)
    {
        await forwarder.ForwardAsync(
            request.Http, request.Format, Operation.Generate, "/v1beta/models/{model}:generateContent", new AddressedModel(request.Model, Stream: false));
        return ProxyReply.Done;
    }
}
