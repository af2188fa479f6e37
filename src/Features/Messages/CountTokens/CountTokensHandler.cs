using Gateway.Proxy;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.Messages.CountTokens;

internal sealed class CountTokensHandler(Forwarder forwarder) : IRequestHandler<CountTokensRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(CountTokensRequest request, CancellationToken cancellationToken)
    {
        await forwarder.ForwardAsync(request.Http, request.Format, Operation.CountTokens, "/v1/messages/count_tokens");
        return ProxyReply.Done;
    }
}
