using Gateway.Proxy;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using MediatR;

namespace Gateway.Features.GeminiContents.CountContentTokens;

internal sealed class CountContentTokensHandler(Forwarder forwarder) : IRequestHandler<CountContentTokensRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(CountContentTokensRequest request, CancellationToken cancellationToken)
    {
        await forwarder.ForwardAsync(
            request.Http, request.Format, Operation.CountTokens, "/v1beta/models/{model}:countTokens", new AddressedModel(request.Model, Stream: false));
        return ProxyReply.Done;
    }
}
