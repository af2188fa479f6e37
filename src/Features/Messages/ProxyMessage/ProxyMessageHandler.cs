using Gateway.Proxy;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.Messages.ProxyMessage;

internal sealed class ProxyMessageHandler(Forwarder forwarder) : IRequestHandler<ProxyMessageRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(ProxyMessageRequest request, CancellationToken cancellationToken)
    {
        await forwarder.ForwardAsync(request.Http, request.Format, Operation.Generate, "/v1/messages");
        return ProxyReply.Done;
    }
}
