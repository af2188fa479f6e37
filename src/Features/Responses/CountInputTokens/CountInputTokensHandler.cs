using Gateway.Proxy;
using Gateway.Proxy.Formats;
using MediatR;

namespace Gateway.Features.Responses.CountInputTokens;

internal sealed class CountInputTokensHandler(Forwarder forwarder) : IRequestHandler<CountInputTokensRequest, ProxyReply>
{
    public async Task<ProxyReply> Handle(CountInputTokensRequest request, CancellationToken cancellationToken)
    {
        await forwarder.ForwardAsync(request.Http, request.Format, Operation.CountTokens, "/v1/responses/input_tokens");
        return ProxyReply.Done;
    }
}
