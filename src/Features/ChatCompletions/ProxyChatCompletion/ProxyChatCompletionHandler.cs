using Gateway.Proxy;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.ChatCompletions.ProxyChatCompletion;

internal sealed class ProxyChatCompletionHandler(Forwarder forwarder) : IRequestHandler<ProxyChatCompletionRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(ProxyChatCompletionRequest request, CancellationToken cancellationToken)
    {
        await forwarder.ForwardAsync(request.Http, request.Format, Operation.Generate, "/v1/chat/completions");
        return ProxyReply.Done;
    }
}
