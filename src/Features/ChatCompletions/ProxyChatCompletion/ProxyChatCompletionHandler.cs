using Gateway.Proxy;
using Gateway.Proxy.Formats;
using Gateway.Proxy.Inspection;
using MediatR;

namespace Gateway.Features.ChatCompletions.ProxyChatCompletion;

internal sealed class ProxyChatCompletionHandler(Forwarder forwarder) : IRequestHandler<ProxyChatCompletionRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(ProxyChatCompletionRequest request, CancellationToken cancellationToken)
    {
        var addressed = request.Deployment is { } deployment ? new AddressedModel(deployment) : null;
        await forwarder.ForwardAsync(request.Http, request.Format, Operation.Generate, "/v1/chat/completions", addressed);
        return ProxyReply.Done;
    }
}
